/** The bridge on the boot loader: what inlined advice may name. JDK only, and small, because it can never be unloaded. */
package io.jvmmedic.bootstrap;
