/** Vibur DBCP 22 to 26. */
package io.jvmmedic.core.instrument.vibur;
