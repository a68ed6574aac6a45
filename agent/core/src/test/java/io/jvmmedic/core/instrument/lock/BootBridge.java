package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ThreadView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Puts on the boot path what patched classes of the JDK call, as the launcher does with the whole bridge. To be asked before a class
 * of it is linked: tests name the exception by its name only.
 */
public final class BootBridge {

    public static final String VICTIM = "io.jvmmedic.bootstrap.DeadlockVictimException";
    private static final String[] CLASSES = {"DeadlockVictimException", "LockVictim", "LockVictim$State",
            "EndedFutures"};
    private static Instrumentation instrumentation;

    private BootBridge() {
    }

    public static DeadlockBreaker breaker() {
        Instrumentation here = instrumentation();
        return new DeadlockBreaker(here, new ModuleOpener(here));
    }

    /** Sees all platform threads. */
    public static LockGraph graph() {
        return new LockGraph(new ThreadView() {
            @Override
            public Thread byId(long id) {
                return all().stream().filter(thread -> thread.getId() == id).findFirst().orElse(null);
            }

            @Override
            public List<Thread> all() {
                return List.copyOf(Thread.getAllStackTraces().keySet());
            }

            @Override
            public int count() {
                return all().size();
            }
        }, new ModuleOpener(instrumentation()), instrumentation());
    }

    public static synchronized Instrumentation instrumentation() {
        if (instrumentation == null) {
            instrumentation = ByteBuddyAgent.install();
            try {
                instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(jar().toFile()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return instrumentation;
    }

    private static Path jar() throws IOException {
        Path jar = Files.createTempFile("bridge", ".jar");
        jar.toFile().deleteOnExit();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (String name : CLASSES) {
                try (InputStream in = MedicThread.class.getResourceAsStream(name + ".class")) {
                    out.putNextEntry(new JarEntry("io/jvmmedic/bootstrap/" + name + ".class"));
                    in.transferTo(out);
                }
            }
        }
        return jar;
    }
}
