package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract.Wanted;
import java.lang.reflect.InvocationTargetException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** One version of Commons DBCP2, used as a host would. */
final class Dbcp2Host {

    private final LibraryLoader loader;
    private final Edition edition;

    /** @param version a version of Commons DBCP2, or {@code tomcat} and one of Tomcat's copy */
    Dbcp2Host(String version) {
        loader = LibraryLoader.of("dbcp2", version);
        edition = version.startsWith("tomcat") ? Edition.TOMCAT : Edition.COMMONS;
    }

    ClassLoader loader() {
        return loader;
    }

    Class<?> dbcp(String name) throws ClassNotFoundException {
        return loader.loadClass(edition.dbcp() + "." + name);
    }

    Class<?> pool(String name) throws ClassNotFoundException {
        return loader.loadClass(edition.pool() + "." + name);
    }

    /** A pool; {@code settings} by the names of {@code BasicDataSource}, with values of the setters' own types. */
    DataSource pool(Wanted wanted, Map<String, Object> settings) throws Exception {
        return pool("BasicDataSource", wanted, settings);
    }

    DataSource pool(String type, Wanted wanted, Map<String, Object> settings) throws Exception {
        DataSource source = (DataSource) dbcp(type).getConstructor().newInstance();
        set(source, "Url", wanted.url());
        set(source, "DriverClassName", "org.h2.Driver");
        set(source, "JmxName", "io.jvmmedic.test:type=BasicDataSource,name=" + wanted.name());
        set(source, "MaxTotal", wanted.maximum());
        set(source, "MaxWaitMillis", wanted.timeoutMillis());
        for (Map.Entry<String, Object> setting : settings.entrySet()) {
            set(source, setting.getKey(), setting.getValue());
        }
        return source;
    }

    static void set(Object target, String property, Object value) throws Exception {
        Class<?> type = value instanceof Integer ? int.class : value instanceof Boolean ? boolean.class
                : value instanceof Long ? long.class : value instanceof List ? Collection.class : value.getClass();
        try {
            target.getClass().getMethod("set" + property, type).invoke(target, value);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(property, e.getCause());
        }
    }
}
