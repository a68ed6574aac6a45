package io.jvmmedic.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jvmmedic.cli.Cli;
import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Forked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recording of a JVM that was killed, while it lives and after; written and read by each JDK there is. */
class KilledJvmTest {

    @TempDir
    private Path folder;

    static List<Path> homes() {
        return Forked.homes().toList();
    }

    /** The one written last: each start of a recording begins a new one. */
    private static Path chunk(Path repository) throws IOException {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.filter(file -> file.toString().endsWith(".jfr")).sorted().reduce((first, last) -> last).orElseThrow();
        }
    }

    private static void isTold(String report, String pid) {
        JsonObject json = JsonParser.parseString(report).getAsJsonObject();
        assertTrue(json.get("unfinished").getAsBoolean(), report);
        assertEquals("REPAIRED", json.getAsJsonArray("incidents").get(0).getAsJsonObject().get("result").getAsString());
        assertTrue(json.getAsJsonArray("jvms").get(0).getAsString().contains("pid " + pid), report);
    }

    private static void isToldHere(Path path, String pid) {
        Cli report = assertTimeoutPreemptively(Forked.PATIENCE, () -> Cli.run("report", "--json", path.toString()));
        assertEquals(0, report.code(), report::toString);
        isTold(report.out(), pid);
    }

    /** The same with another JDK as the reader. */
    private static void isToldBy(Path home, Path path, String pid) throws Exception {
        Process reader = new ProcessBuilder(home.resolve("bin/java").toString(), "-cp", System.getProperty("java.class.path"),
                "io.jvmmedic.cli.JvmMedic", "report", "--json", path.toString()).redirectErrorStream(true).start();
        String out = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(reader.waitFor(Forked.PATIENCE.toSeconds(), TimeUnit.SECONDS), "the reader hangs");
        assertEquals(0, reader.exitValue(), out);
        isTold(out, pid);
    }

    @ParameterizedTest
    @MethodSource("homes")
    void isReadWhileItRunsAndAfterItWasKilled(Path home) throws Exception {
        try (Forked host = Forked.java(home, RecordingHost.class, List.of("-XX:FlightRecorderOptions=repository=" + folder))) {
            isToldHere(folder, host.pid());
            host.kill();
            isToldHere(folder, host.pid());
            for (Path reader : homes()) {
                isToldBy(reader, chunk(folder), host.pid());
            }
            cutOff(chunk(folder));
        }
    }

    /** Whatever is cut away, the report ends, and says either what it could read or that it could not. */
    private void cutOff(Path whole) throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        int read = 0;
        for (int tenths = 0; tenths <= 10; tenths++) {
            int length = Math.max(1, (int) (bytes.length * (tenths / 10.0)) - 7);
            Path cut = Files.write(folder.resolveSibling(folder.getFileName() + "-cut.jfr"), Arrays.copyOf(bytes, length));
            Cli report = assertTimeoutPreemptively(Forked.PATIENCE, () -> Cli.run("report", cut.toString()));
            Files.delete(cut);
            assertTrue(report.code() == 0 || report.code() == ExitCode.UNREADABLE.number(), report::toString);
            assertTrue(report.code() != 0 || report.out().contains("warning"), report::toString);
            assertTrue(report.width() <= 80 || report.out().isEmpty(), report::toString);
            read += report.code() == 0 && report.flat().contains("reclaim-leaked-connection") ? 1 : 0;
        }
        assertTrue(read > 0, "a file without its last bytes tells nothing");
    }
}
