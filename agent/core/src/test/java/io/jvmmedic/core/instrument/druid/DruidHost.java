package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/** One version of Druid, used as a host would, over H2. */
final class DruidHost {

    private final LibraryLoader loader;
    private final Map<String, Object> settings = new LinkedHashMap<>();

    DruidHost(String version) {
        loader = LibraryLoader.of("druid", version);
    }

    LibraryLoader loader() {
        return loader;
    }

    /** One property of {@code DruidDataSource}. */
    DruidHost with(String property, Object value) {
        settings.put(property, value);
        return this;
    }

    DataSource pool(String name, String url, int maximum, long timeoutMillis) throws Exception {
        with("name", name).with("url", url).with("driverClassName", "org.h2.Driver").with("maxActive", maximum)
                .with("maxWait", timeoutMillis);
        Object pool = loader.loadClass("com.alibaba.druid.pool.DruidDataSource").getConstructor().newInstance();
        for (Map.Entry<String, Object> setting : settings.entrySet()) {
            set(pool, setting.getKey(), setting.getValue());
        }
        return (DataSource) pool;
    }

    private static void set(Object pool, String property, Object value) throws ReflectiveOperationException {
        String setter = "set" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
        for (Method method : pool.getClass().getMethods()) {
            if (method.getName().equals(setter) && method.getParameterCount() == 1) {
                boolean narrow = method.getParameterTypes()[0] == int.class && value instanceof Long;
                method.invoke(pool, narrow ? (Object) ((Long) value).intValue() : value);
                return;
            }
        }
        throw new NoSuchMethodException(setter);
    }
}
