package io.jvmmedic.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another process, ended with the test. */
public final class Forked implements AutoCloseable {

    /** For whatever another process has to do: longer than a build machine is busy, and nothing takes that long when all is well. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path errors;
    private final BufferedReader out;

    private Forked(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a main class of the tests and waits until it has printed a line. */
    public static Forked java(Path home, Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString(), "-Xmx64m", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return ready(command);
    }

    /** Starts a main class among mounts of its own, where {@code /tmp} is another folder. */
    public static Forked javaWithOwnTemp(Class<?> main) throws IOException {
        return ready(List.of("unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /tmp && exec \"$@\"", "sh",
                ownHome().resolve("bin/java").toString(), "-cp", System.getProperty("java.class.path"), main.getName()));
    }

    private static Forked ready(List<String> command) throws IOException {
        Path errors = Files.createTempFile("forked", ".err");
        Forked forked = new Forked(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
        if (forked.out.readLine() == null) {
            throw new IOException("ended before it was ready: " + command + "\n" + forked.errors());
        }
        return forked;
    }

    /** Starts any program. */
    public static Forked program(String... command) throws IOException {
        return new Forked(new ProcessBuilder(command).start(), null);
    }

    public static Path ownHome() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The JDKs to test with: this one, and a JDK 25 where there is one. */
    public static Stream<Path> homes() {
        Path other = jdk25();
        if (other == null) {
            System.out.println("No JDK 25 found (JVMMEDIC_JDK25, /usr/lib/jvm): tested on " + Runtime.version() + " only.");
            return Stream.of(ownHome());
        }
        return Runtime.version().feature() == 25 ? Stream.of(ownHome()) : Stream.of(ownHome(), other);
    }

    private static Path jdk25() {
        String configured = System.getenv("JVMMEDIC_JDK25");
        if (configured != null && !configured.isBlank()) {
            return Path.of(configured);
        }
        try (Stream<Path> found = Files.list(Path.of("/usr/lib/jvm"))) {
            return found.filter(path -> path.getFileName().toString().contains("25"))
                    .filter(path -> Files.isExecutable(path.resolve("bin/java"))).sorted().findFirst().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    public String pid() {
        return Long.toString(process.pid());
    }

    /** One byte to its standard input. */
    public void send(int value) throws IOException {
        process.getOutputStream().write(value);
        process.getOutputStream().flush();
    }

    /** What it printed after the first line; it must have ended. */
    public String rest() {
        return out.lines().collect(Collectors.joining("\n"));
    }

    /** What it has written to its standard error so far; of a JVM only. */
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As kill -9; what it printed can still be read, which {@code Process.destroyForcibly} takes away. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (errors != null) {
            errors.toFile().delete();
        }
    }
}
