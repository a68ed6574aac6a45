/** Attach commands, mailbox and status. */
package io.jvmmedic.core.control;
