/** Agroal 1.16 to 3. */
package io.jvmmedic.core.instrument.agroal;
