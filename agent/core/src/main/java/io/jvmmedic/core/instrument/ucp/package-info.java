/** Oracle Universal Connection Pool 23. */
package io.jvmmedic.core.instrument.ucp;
