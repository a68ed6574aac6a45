/** Commons DBCP 2.9 to 2.14 over Commons Pool 2.10 and later, and Tomcat's own copy of both. */
package io.jvmmedic.core.instrument.dbcp2;
