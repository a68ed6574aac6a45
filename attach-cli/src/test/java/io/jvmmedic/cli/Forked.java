package io.jvmmedic.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another process, ended with the test. */
public final class Forked implements AutoCloseable {

    private final Process process;

    private Forked(Process process) {
        this.process = process;
    }

    /** Starts a main class of the tests and waits until it has printed a line. */
    public static Forked java(Path home, Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString(), "-Xmx64m", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException("ended before it was ready: " + command);
        }
        return new Forked(process);
    }

    /** Starts any program. */
    public static Forked program(String... command) throws IOException {
        return new Forked(new ProcessBuilder(command).start());
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

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As kill -9. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
