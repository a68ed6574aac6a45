/** JDBC drivers: connections that no pool counts. */
package io.jvmmedic.core.instrument.driver;
