package io.jvmmedic.core.instrument.dbcp2;

/** Where the classes are: Tomcat has repackaged both libraries, and changed nothing else. */
enum Edition {
    COMMONS("org.apache.commons.pool2", "org.apache.commons.dbcp2"),
    TOMCAT("org.apache.tomcat.dbcp.pool2", "org.apache.tomcat.dbcp.dbcp2");

    private final String pool;
    private final String dbcp;

    Edition(String pool, String dbcp) {
        this.pool = pool;
        this.dbcp = dbcp;
    }

    String pool() {
        return pool;
    }

    String dbcp() {
        return dbcp;
    }

    /** Descriptor of a class of the pool library; {@code impl/GenericObjectPoolConfig}. */
    String poolType(String name) {
        return descriptor(pool, name);
    }

    String dbcpType(String name) {
        return descriptor(dbcp, name);
    }

    private static String descriptor(String root, String name) {
        return "L" + root.replace('.', '/') + "/" + name + ";";
    }

    /** The edition a pool is of, by its class or the one it extends; {@code null} for any other object. */
    static Edition of(Object pool) {
        for (Class<?> type = pool.getClass(); type != null; type = type.getSuperclass()) {
            for (Edition edition : values()) {
                if (type.getName().equals(edition.pool + ".impl.GenericObjectPool")) {
                    return edition;
                }
            }
        }
        return null;
    }
}
