/**
 * Immunity to a deadlock that was suffered once: its signature, the file it is kept in, and the gates that the methods it
 * names pass from then on. Nothing is woven without a signature, and nothing but what signatures name.
 */
package io.jvmmedic.core.instrument.immunity;
