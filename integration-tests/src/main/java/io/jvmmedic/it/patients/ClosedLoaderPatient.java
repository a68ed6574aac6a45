package io.jvmmedic.it.patients;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Has its pool in a class loader that asks nobody for other classes than the JDK's, as OSGi containers do. Woven code
 * would find no hooks there and every borrow would fail.
 */
public final class ClosedLoaderPatient extends Patient {

    private AutoCloseable pool;

    public static void main(String[] arguments) throws Exception {
        new ClosedLoaderPatient().serve();
    }

    @Override
    protected void open() throws Exception {
        Garbage.produce();
        Class<?> type = new Closed(libraries()).loadClass("com.zaxxer.hikari.HikariDataSource");
        Object dataSource = type.getConstructor().newInstance();
        type.getMethod("setJdbcUrl", String.class).invoke(dataSource, "jdbc:h2:mem:closed");
        type.getMethod("setDriverClassName", String.class).invoke(dataSource, "org.h2.Driver");
        pool = (AutoCloseable) dataSource;
        on("borrow", times -> borrow((DataSource) dataSource, Integer.parseInt(times)));
    }

    @Override
    protected void close() throws Exception {
        pool.close();
    }

    private static String borrow(DataSource pool, int times) throws Exception {
        int served = 0;
        for (int i = 0; i < times; i++) {
            try (Connection connection = pool.getConnection()) {
                served += connection.isValid(1) ? 1 : 0;
            }
        }
        return String.valueOf(served);
    }

    private static URL[] libraries() throws MalformedURLException {
        List<URL> jars = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (path.endsWith(".jar")) {
                jars.add(new File(path).toURI().toURL());
            }
        }
        return jars.toArray(URL[]::new);
    }

    private static final class Closed extends URLClassLoader {
        Closed(URL[] urls) {
            super(urls, null);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.jvmmedic.")) {
                throw new ClassNotFoundException(name + " is no package of this bundle");
            }
            if (name.startsWith("java.")) {
                return ClassLoader.getPlatformClassLoader().loadClass(name);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
            }
            try {
                return findClass(name);
            } catch (ClassNotFoundException e) {
                return ClassLoader.getPlatformClassLoader().loadClass(name);
            }
        }
    }
}
