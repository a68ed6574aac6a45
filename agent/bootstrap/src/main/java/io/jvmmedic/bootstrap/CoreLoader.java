package io.jvmmedic.bootstrap;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Defines the core from {@code core/**.classdata} of the agent jar. Parent is the platform loader: core and its
 * libraries meet neither the host's class path nor its versions of the same libraries.
 *
 * <p>It reads through its own {@link JarFile}, never through the {@code jar:} handler's shared cache, which a host may
 * have turned off (Tomcat does) and which would keep the jar open after a detach. Opening the file as a multi-release
 * jar would not help, because the entries sit below {@code core/}; versions are looked up here instead.
 */
final class CoreLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    /**
     * Names no loader, as the default domain would. A thread that the JDK starts below a frame of ours, as Flight Recorder
     * does with its periodic tasks, keeps the domains on that stack for ever (until 24), and with them the loader.
     */
    private static final ProtectionDomain DOMAIN =
            new ProtectionDomain(new CodeSource(null, (Certificate[]) null), null);
    private static final String ROOT = "core/";
    private static final int FIRST_VERSION = 9;

    private final File file;
    private final JarFile jar;
    /** Roots to look below, newest version first: looking for each class in each version would be most of the work. */
    private final String[] roots;

    CoreLoader(File file) throws IOException {
        super("jvm-medic", ClassLoader.getPlatformClassLoader());
        this.file = file;
        jar = new JarFile(file);
        StringBuilder found = new StringBuilder();
        for (int version = Runtime.version().feature(); version >= FIRST_VERSION; version--) {
            String root = ROOT + "META-INF/versions/" + version + "/";
            if (jar.getEntry(root) != null) {
                found.append(root).append(' ');
            }
        }
        roots = found.append(ROOT).toString().split(" ");
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = bytesOf(name.replace('.', '/') + ".classdata");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        int dot = name.lastIndexOf('.');
        if (dot > 0 && getDefinedPackage(name.substring(0, dot)) == null) {
            try {
                definePackage(name.substring(0, dot), null, null, null, null, null, null, null);
            } catch (IllegalArgumentException raced) {
                // Another thread defined the package in between: what we wanted.
            }
        }
        return defineClass(name, bytes, 0, bytes.length, DOMAIN);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        byte[] own = bytesOf(storedName(name));
        return own != null ? new ByteArrayInputStream(own) : super.getResourceAsStream(name);
    }

    @Override
    protected URL findResource(String name) {
        byte[] bytes = bytesOf(storedName(name));
        return bytes == null ? null : url(name, bytes);
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL url = findResource(name);
        return url == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(url));
    }

    /** Another one, with the same classes and none of them loaded. */
    CoreLoader sibling() throws IOException {
        return new CoreLoader(file);
    }

    void close() {
        try {
            jar.close();
        } catch (IOException e) {
            // Nothing depends on it: the file is only read.
        }
    }

    private static String storedName(String name) {
        return name.endsWith(".class") ? name.substring(0, name.length() - 6) + ".classdata" : name;
    }

    private byte[] bytesOf(String name) {
        for (String root : roots) {
            byte[] bytes = read(root + name);
            if (bytes != null) {
                return bytes;
            }
        }
        return null;
    }

    private byte[] read(String path) {
        JarEntry entry = jar.getJarEntry(path);
        if (entry == null) {
            return null;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }

    private static URL url(String name, byte[] bytes) {
        try {
            return new URL("jvm-medic-core", null, -1, "/" + name, new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL u) {
                    return new URLConnection(u) {
                        @Override
                        public void connect() {
                            connected = true;
                        }

                        @Override
                        public InputStream getInputStream() {
                            return new ByteArrayInputStream(bytes);
                        }
                    };
                }
            });
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
