package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.core.instrument.LibraryLoader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import javax.sql.DataSource;

/** One version of Vibur DBCP, used as a host would. */
final class ViburHost {

    private static final int DEFAULT_INITIAL_SIZE = 5;

    private final LibraryLoader loader;
    private final boolean tracked;

    ViburHost(String version, boolean tracked) {
        loader = LibraryLoader.of("vibur", version);
        this.tracked = tracked;
    }

    DataSource pool(String name, String url, int maximum, long timeoutMillis) throws ReflectiveOperationException {
        DataSource pool = (DataSource) loader.loadClass("org.vibur.dbcp.ViburDBCPDataSource")
                .getDeclaredConstructor().newInstance();
        call(pool, "setName", name);
        call(pool, "setJdbcUrl", url);
        call(pool, "setUsername", "");
        call(pool, "setPassword", "");
        call(pool, "setPoolInitialSize", Math.min(DEFAULT_INITIAL_SIZE, maximum));
        call(pool, "setPoolMaxSize", maximum);
        call(pool, "setConnectionTimeoutInMs", timeoutMillis);
        call(pool, "setPoolEnableConnectionTracking", tracked);
        call(pool, "start");
        return pool;
    }

    private static void call(Object target, String name, Object... arguments) throws ReflectiveOperationException {
        for (Method method : target.getClass().getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                try {
                    method.invoke(target, arguments);
                    return;
                } catch (InvocationTargetException e) {
                    throw new IllegalStateException(name, e.getCause());
                }
            }
        }
        throw new NoSuchMethodException(name);
    }
}
