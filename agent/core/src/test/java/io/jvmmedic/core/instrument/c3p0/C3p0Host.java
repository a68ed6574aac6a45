package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import javax.sql.DataSource;

/** One version of c3p0, used as a host would. */
final class C3p0Host {

    private final LibraryLoader loader;

    C3p0Host(String version) {
        loader = LibraryLoader.of("c3p0", version);
    }

    DataSource pool(String name, String url, int maximum, long timeoutMillis) throws ReflectiveOperationException {
        DataSource pool = (DataSource) loader.loadClass("com.mchange.v2.c3p0.ComboPooledDataSource")
                .getDeclaredConstructor().newInstance();
        call(pool, "setDataSourceName", name);
        call(pool, "setDriverClass", "org.h2.Driver");
        call(pool, "setJdbcUrl", url);
        call(pool, "setMaxPoolSize", maximum);
        call(pool, "setCheckoutTimeout", (int) timeoutMillis);
        return pool;
    }

    static Object call(Object target, String name, Object... arguments) throws ReflectiveOperationException {
        for (Method method : target.getClass().getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                try {
                    return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                    throw new IllegalStateException(name, e.getCause());
                }
            }
        }
        throw new NoSuchMethodException(name);
    }
}
