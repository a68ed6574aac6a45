/** c3p0 0.9.5 to 0.14. */
package io.jvmmedic.core.instrument.c3p0;
