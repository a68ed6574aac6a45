package io.jvmmedic.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.opentest4j.TestAbortedException;

/**
 * Where the JDKs are: the one that runs this test, and others from {@code JVMMEDIC_JDK<n>}, {@code JAVA_HOME_<n>*} (the
 * habit of hosted build machines), and the usual folders. One that is missing is said aloud, once.
 */
public final class Jdks {

    private static final Map<Integer, Optional<Jdk>> FOUND = new ConcurrentHashMap<>();

    private Jdks() {
    }

    /** Empty when this machine has none of that version. */
    public static Optional<Jdk> find(int feature) {
        return FOUND.computeIfAbsent(feature, Jdks::search);
    }

    /** As {@link #find}, for tests that are skipped without it. */
    public static Jdk require(int feature) {
        return find(feature).orElseThrow(() -> new TestAbortedException("no JDK " + feature + " on this machine"));
    }

    /** The JDK that runs this test. */
    public static Jdk current() {
        return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    }

    private static Optional<Jdk> search(int feature) {
        if (feature == Runtime.version().feature()) {
            return Optional.of(current());
        }
        Optional<Jdk> found = candidates(feature).stream()
                .filter(Jdk::isHome)
                .filter(home -> featureOf(home) == feature)
                .map(home -> new Jdk(feature, home))
                .findFirst();
        if (found.isEmpty()) {
            System.err.println("*** No JDK " + feature + " found: its scenarios are SKIPPED. Set JVMMEDIC_JDK" + feature
                    + " to the home of one to run them.");
        }
        return found;
    }

    private static List<Path> candidates(int feature) {
        List<Path> homes = new ArrayList<>();
        String own = System.getenv("JVMMEDIC_JDK" + feature);
        if (own != null) {
            homes.add(Path.of(own));
        }
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("JAVA_HOME_" + feature)) {
                homes.add(Path.of(value));
            }
        });
        Path user = Path.of(System.getProperty("user.home"));
        String pattern = "*" + feature + "*";
        for (Path folder : List.of(Path.of("/usr/lib/jvm"), Path.of("/opt"), Path.of("/opt/java"),
                Path.of("/opt/hostedtoolcache/Java_Temurin-Hotspot_jdk"), user.resolve(".sdkman/candidates/java"),
                user.resolve(".jdks"), Path.of("/Library/Java/JavaVirtualMachines"))) {
            for (Path entry : list(folder, pattern)) {
                homes.add(entry);
                homes.add(entry.resolve("x64"));
                homes.add(entry.resolve("Contents/Home"));
            }
        }
        return homes;
    }

    private static List<Path> list(Path folder, String pattern) {
        List<Path> entries = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
                stream.forEach(entries::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return entries;
    }

    /** By the {@code release} file, which every JDK since 9 has: starting one java per candidate would be slow. */
    private static int featureOf(Path home) {
        Properties release = new Properties();
        try (var in = Files.newInputStream(home.resolve("release"))) {
            release.load(in);
        } catch (IOException e) {
            return -1;
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        return version.isEmpty() ? -1 : Runtime.Version.parse(version).feature();
    }
}
