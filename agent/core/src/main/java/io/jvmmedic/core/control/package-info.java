/**
 * What a user can ask the running agent, and the two ways in: the {@link io.jvmmedic.core.control.Mailbox} folder and the
 * options of a later attach. Both need the rights of the JVM's own user; no port is opened.
 */
package io.jvmmedic.core.control;
