/** Tomcat JDBC ({@code org.apache.tomcat.jdbc.pool}) 9.0 to 11.0. */
package io.jvmmedic.core.instrument.tomcatjdbc;
