package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** One version of Agroal, used as a host would, over H2. */
final class AgroalHost {

    private final LibraryLoader loader;
    private final Map<String, String> properties = new HashMap<>();
    private String test = "";

    AgroalHost(String version) {
        loader = LibraryLoader.of("agroal", version);
    }

    /** One property of {@code AgroalPropertiesReader}, by its name there. */
    AgroalHost with(String property, Object value) {
        properties.put(property, String.valueOf(value));
        return this;
    }

    /** Asks this at each borrow of what has been idle for a moment: up to 1.16 there is no other test of a borrow. */
    AgroalHost tested(String query) {
        test = query;
        return this;
    }

    DataSource pool(String url, int maximum, long timeoutMillis) throws Exception {
        with("jdbcUrl", url).with("maxSize", maximum)
                .with("acquisitionTimeout_ms", timeoutMillis);
        Class<?> readerType = loader.loadClass("io.agroal.api.configuration.supplier.AgroalPropertiesReader");
        Object reader = readerType.getConstructor().newInstance();
        Object configuration = readerType.getMethod("readProperties", Map.class).invoke(reader, properties);
        if (!test.isEmpty()) {
            Object settings = call(call(configuration, "modify"), "connectionPoolConfiguration");
            call(settings, "idleValidationTimeout", Duration.ofNanos(1));
            call(settings, "connectionValidator", validator());
        }
        Class<?> listener = loader.loadClass("io.agroal.api.AgroalDataSourceListener");
        try {
            return (DataSource) loader.loadClass("io.agroal.api.AgroalDataSource")
                    .getMethod("from", Supplier.class, listener.arrayType())
                    .invoke(null, configuration, Array.newInstance(listener, 0));
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Object validator() throws ClassNotFoundException {
        Class<?> type = loader.loadClass(
                "io.agroal.api.configuration.AgroalConnectionPoolConfiguration$ConnectionValidator");
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            try (Statement statement = ((Connection) arguments[0]).createStatement()) {
                return statement.execute(test);
            }
        });
    }

    private static Object call(Object target, String name, Object... arguments) throws ReflectiveOperationException {
        for (Method method : target.getClass().getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length
                    && (arguments.length == 0 || method.getParameterTypes()[0].isInstance(arguments[0]))) {
                return method.invoke(target, arguments);
            }
        }
        throw new NoSuchMethodException(name);
    }
}
