/** Alibaba Druid 1.2. */
package io.jvmmedic.core.instrument.druid;
