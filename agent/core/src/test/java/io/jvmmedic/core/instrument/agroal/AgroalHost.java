package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** One version of Agroal, used as a host would, over H2. */
final class AgroalHost {

    private final LibraryLoader loader;
    private final Map<String, String> properties = new HashMap<>();

    AgroalHost(String version) {
        loader = LibraryLoader.of("agroal", version);
    }

    /** One property of {@code AgroalPropertiesReader}, by its name there. */
    AgroalHost with(String property, Object value) {
        properties.put(property, String.valueOf(value));
        return this;
    }

    DataSource pool(String url, int maximum, long timeoutMillis) throws Exception {
        with("jdbcUrl", url).with("maxSize", maximum)
                .with("acquisitionTimeout_ms", timeoutMillis);
        Class<?> readerType = loader.loadClass("io.agroal.api.configuration.supplier.AgroalPropertiesReader");
        Object reader = readerType.getConstructor().newInstance();
        Object configuration = readerType.getMethod("readProperties", Map.class).invoke(reader, properties);
        Class<?> listener = loader.loadClass("io.agroal.api.AgroalDataSourceListener");
        try {
            return (DataSource) loader.loadClass("io.agroal.api.AgroalDataSource")
                    .getMethod("from", Supplier.class, listener.arrayType())
                    .invoke(null, configuration, Array.newInstance(listener, 0));
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
