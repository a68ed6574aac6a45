/** Clock, feature probes of the JDK, stack helpers. */
package io.jvmmedic.core.util;
