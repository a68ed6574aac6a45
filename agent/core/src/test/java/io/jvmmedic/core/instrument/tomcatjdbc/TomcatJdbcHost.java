package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract.Wanted;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import javax.sql.DataSource;

/** One version of Tomcat JDBC, used as a host would. */
final class TomcatJdbcHost {

    private static final String PACKAGE = "org.apache.tomcat.jdbc.pool.";

    private final LibraryLoader loader;

    TomcatJdbcHost(String version) {
        loader = LibraryLoader.of("tomcatjdbc", version);
    }

    ClassLoader loader() {
        return loader;
    }

    /** A pool; {@code settings} by the names of {@code PoolProperties}, with values of the setters' own types. */
    DataSource pool(Wanted wanted, Map<String, Object> settings) throws Exception {
        Object properties = loader.loadClass(PACKAGE + "PoolProperties").getConstructor().newInstance();
        set(properties, "Name", wanted.name());
        set(properties, "Url", wanted.url());
        set(properties, "DriverClassName", "org.h2.Driver");
        set(properties, "MaxActive", wanted.maximum());
        set(properties, "MaxWait", Math.toIntExact(wanted.timeoutMillis()));
        set(properties, "InitialSize", 0);
        set(properties, "MinIdle", 0);
        for (Map.Entry<String, Object> setting : settings.entrySet()) {
            set(properties, setting.getKey(), setting.getValue());
        }
        return (DataSource) loader.loadClass(PACKAGE + "DataSource")
                .getConstructor(loader.loadClass(PACKAGE + "PoolConfiguration")).newInstance(properties);
    }

    private static void set(Object properties, String property, Object value) throws Exception {
        Class<?> type = value instanceof Integer ? int.class : value instanceof Boolean ? boolean.class : value instanceof Long ? long.class
                : value instanceof String ? String.class : Object.class;
        try {
            properties.getClass().getMethod("set" + property, type).invoke(properties, value);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(property, e.getCause());
        }
    }
}
