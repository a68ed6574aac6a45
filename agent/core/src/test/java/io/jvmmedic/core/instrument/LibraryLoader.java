package io.jvmmedic.core.instrument;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A host's class loader with one version of a library, as the build put it into {@code target/libs}. */
public final class LibraryLoader extends URLClassLoader {

    private static final Path LIBS = Path.of("target", "libs");

    static {
        registerAsParallelCapable();
    }

    /** One per version and kept: weaving again and again what earlier tests left behind would take most of the time. */
    private static final Map<String, LibraryLoader> LOADERS = new ConcurrentHashMap<>();

    private final Set<String> guests;

    /** @param guests test classes to be defined here, so that they use this version */
    public static LibraryLoader of(String library, String version, Class<?>... guests) {
        return LOADERS.computeIfAbsent(library + " " + version, key -> new LibraryLoader(library, version, guests));
    }

    /** One that nobody keeps: it can be undeployed. */
    public static LibraryLoader fresh(String library, String version) {
        return new LibraryLoader(library, version);
    }

    private LibraryLoader(String library, String version, Class<?>... guests) {
        super(jars(LIBS.resolve(library).resolve(version)), new WithoutLibraries());
        this.guests = Stream.of(guests).map(Class::getName).collect(Collectors.toSet());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!guests.contains(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    public static List<String> versions(String library) {
        try (Stream<Path> versions = Files.list(LIBS.resolve(library))) {
            return versions.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL[] jars(Path folder) {
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.map(LibraryLoader::url).toArray(URL[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tests' own class path without the libraries under test, which are on it as well. */
    private static final class WithoutLibraries extends ClassLoader {

        private static final List<String> LIBRARIES =
                List.of("com.zaxxer.hikari.", "org.apache.hc.", "org.apache.tomcat.", "org.apache.commons.", "io.agroal.");

        WithoutLibraries() {
            super(LibraryLoader.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (LIBRARIES.stream().anyMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
