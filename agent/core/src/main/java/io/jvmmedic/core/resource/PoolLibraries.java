package io.jvmmedic.core.resource;

import java.util.List;

/** Libraries that pool connections, by the beginnings of their class names, also those that are not watched. */
public final class PoolLibraries {

    /** Those we watch, and those we only know by name: containers' and forgotten ones. */
    private static final List<String> PREFIXES = List.of("com.zaxxer.hikari.", "org.apache.tomcat.jdbc.pool.",
            "org.apache.commons.dbcp2.", "org.apache.tomcat.dbcp.", "org.apache.commons.dbcp.", "org.apache.commons.pool",
            "com.mchange.v2.", "com.alibaba.druid.pool.", "io.agroal.pool.", "org.vibur.dbcp.", "oracle.ucp.",
            "org.h2.jdbcx.JdbcConnectionPool", "org.mariadb.jdbc.MariaDbPoolDataSource", "org.mariadb.jdbc.pool.",
            "org.postgresql.ds.PGPoolingDataSource", "org.jboss.jca.adapters.jdbc.",
            "org.jboss.jca.core.connectionmanager.", "com.ibm.ws.rsadapter.", "weblogic.jdbc.", "com.sun.gjc.",
            "com.atomikos.jdbc.", "bitronix.tm.resource.jdbc.", "com.jolbox.bonecp.", "snaq.db.",
            "org.logicalcobwebs.proxool.");

    private PoolLibraries() {
    }

    /** Whether a class of this name belongs to one of them. */
    public static boolean include(String className) {
        for (String prefix : PREFIXES) {
            if (className.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
