/** HikariCP 3.4 to 7. */
package io.jvmmedic.core.instrument.hikari;
