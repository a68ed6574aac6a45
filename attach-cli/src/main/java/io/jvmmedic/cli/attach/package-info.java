/** The way into another JVM: finding it, checking that attaching cannot hurt it, asking its agent. */
package io.jvmmedic.cli.attach;
