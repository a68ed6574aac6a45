package io.jvmmedic.core.instrument.immunity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.immunity.GateWeaver.Job;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Code as it is in the world, of several compilers: every acquisition of every class of a library is gated at once, and
 * many calls with them, and the JVM verifies the result.
 */
class WovenLibrariesTest {

    /** Of a method's instructions each of this distance is gated when it calls something; more would be too long for the JVM. */
    private static final int CALLS_APART = 7;

    /** Defines the classes of one jar, gated. */
    private static final class Gated extends ClassLoader {
        private final Map<String, byte[]> classes = new TreeMap<>();
        private final boolean weaves;
        private int gated;

        private Gated(Gated other) {
            super(WovenLibrariesTest.class.getClassLoader());
            classes.putAll(other.classes);
            weaves = false;
        }

        private Gated(JarFile jar) throws IOException {
            super(WovenLibrariesTest.class.getClassLoader());
            weaves = true;
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF")
                        && !entry.getName().endsWith("module-info.class")) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        classes.put(entry.getName().replace(".class", "").replace('/', '.'), in.readAllBytes());
                    }
                }
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                byte[] bytes = classes.get(name);
                Class<?> known = findLoadedClass(name);
                if (bytes == null || known != null) {
                    return known != null ? known : super.loadClass(name, resolve);
                }
                byte[] woven = weaves ? woven(bytes) : bytes;
                return defineClass(name, woven, 0, woven.length);
            }
        }

        private static boolean isAsked(MethodCode.Instruction call) {
            return call.opcode() == Opcodes.INVOKEVIRTUAL || call.opcode() == Opcodes.INVOKEINTERFACE;
        }

        private byte[] woven(byte[] bytes) {
            List<MethodCode> codes = MethodCode.of(bytes);
            List<Job> jobs = new ArrayList<>();
            for (Position position : Woven.positions(bytes)) {
                Place place = position.place();
                Job job = new Job(position.kind(), place.method(), place.descriptor(), place.index(), jobs.size());
                MethodCode code = codes.stream().filter(job::isIn).findFirst().orElseThrow();
                if (GateWeaver.obstacle(bytes, code, job).isEmpty()) {
                    jobs.add(job);
                }
            }
            for (MethodCode code : codes) {
                for (int i = 0; i < code.instructions().size(); i += CALLS_APART) {
                    MethodCode.Instruction each = code.instructions().get(i);
                    Job job = new Job(Position.Kind.CALL, code.name(), code.descriptor(), i, jobs.size(), true);
                    if (isAsked(each) && !each.isLocking() && GateWeaver.obstacle(bytes, code, job).isEmpty()) {
                        jobs.add(job);
                    }
                }
            }
            gated += jobs.size();
            return jobs.isEmpty() ? bytes : GateWeaver.weave(bytes, codes, jobs);
        }
    }

    @ParameterizedTest
    @CsvSource({"org.h2.Driver, 300", "org.hibernate.Version, 60"})
    void whateverIsGatedPassesTheVerifier(String anchor, int least) throws Exception {
        Class<?> known = Class.forName(anchor, false, getClass().getClassLoader());
        File file = new File(known.getProtectionDomain().getCodeSource().getLocation().toURI());
        Gated loader;
        try (JarFile jar = new JarFile(file)) {
            loader = new Gated(jar);
        }
        // Some need what is not on the class path.
        Gated plain = new Gated(loader);
        List<String> broken = new ArrayList<>();
        for (String name : loader.classes.keySet()) {
            if (!Woven.positions(loader.classes.get(name)).isEmpty() && !isSound(name, loader) && isSound(name, plain)) {
                broken.add(name);
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(loader.gated >= least, anchor + " has only " + loader.gated + " acquisitions");
    }

    /** Retransformation links a class, and linking verifies it; what is wrong comes out as an internal error. */
    private static boolean isSound(String name, ClassLoader loader) throws Exception {
        try {
            ByteBuddyAgent.install().retransformClasses(Class.forName(name, false, loader));
            return true;
        } catch (LinkageError | InternalError e) {
            return false;
        }
    }
}
