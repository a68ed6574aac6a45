package io.jvmmedic.it.patients;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One version of one pool library in a class loader of its own, as in an application server: so every version of every
 * pool runs side by side in one JVM.
 */
final class PoolLibrary {

    /** Its classes are loaded beside the library, all others of the patients by the common parent. */
    private static final String MAKERS = PoolLibrary.class.getPackageName() + ".pools.";

    /** By the first part of a folder's name. */
    private static final Map<String, String> MAKER_OF = Map.of(
            "HikariCP", "Hikari",
            "tomcat", "Tomcat",
            "commons", "Dbcp2",
            "c3p0", "C3p0",
            "druid", "Druid",
            "agroal", "Agroal",
            "vibur", "Vibur",
            "ucp", "Ucp");

    private final String name;
    private final PoolUnderTest.Maker maker;

    private PoolLibrary(String name, PoolUnderTest.Maker maker) {
        this.name = name;
        this.maker = maker;
    }

    /**
     * Finds them.
     *
     * @param home has a folder for each library and version
     * @param names of folders joined by {@code +}: {@code HikariCP-3.4.5+tomcat-jdbc-9.0.112}
     */
    static List<PoolLibrary> in(String home, String names) throws ReflectiveOperationException {
        List<PoolLibrary> found = new ArrayList<>();
        for (String name : names.split("\\+")) {
            found.add(in(Path.of(home, name)));
        }
        return found;
    }

    private static PoolLibrary in(Path folder) throws ReflectiveOperationException {
        String name = folder.getFileName().toString();
        Class<?> maker = new Loader(urls(folder))
                .loadClass(MAKERS + MAKER_OF.get(name.substring(0, name.indexOf('-'))) + "Maker");
        return new PoolLibrary(name, (PoolUnderTest.Maker) maker.getConstructor().newInstance());
    }

    /** Library and version. */
    String name() {
        return name;
    }

    /** URL of an H2 database in this JVM that no other library uses. */
    String h2() {
        return "jdbc:h2:mem:" + name.replaceAll("\\W", "_") + ";DB_CLOSE_DELAY=-1";
    }

    PoolUnderTest pool(String url, String poolName, int size, long patienceMillis) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Threads that the pool starts, and what it looks up by name, belong to it.
        thread.setContextClassLoader(maker.getClass().getClassLoader());
        try {
            return maker.make(new PoolUnderTest.Settings(url, poolName, size, patienceMillis));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL[] urls(Path folder) {
        List<URL> urls = new ArrayList<>();
        try (Stream<Path> jars = Files.list(folder)) {
            for (Path jar : jars.sorted().toList()) {
                urls.add(jar.toUri().toURL());
            }
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return urls.toArray(URL[]::new);
    }

    private static final class Loader extends URLClassLoader {

        Loader(URL[] urls) {
            super(urls, PoolLibrary.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String className, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(className)) {
                if (className.startsWith(MAKERS)) {
                    Class<?> loaded = findLoadedClass(className);
                    return loaded == null ? findClass(className) : loaded;
                }
                return super.loadClass(className, resolve);
            }
        }
    }
}
