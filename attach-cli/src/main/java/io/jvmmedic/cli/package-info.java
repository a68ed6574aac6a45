/** The command line: verbs, one class each. {@code attach} reaches JVMs, {@code report} reads recordings, {@code text} prints. */
package io.jvmmedic.cli;
