package io.jvmmedic.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jvmmedic.cli.host.PoolHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The one jar as a user has it, from attach to report, against the real agent and a pool that leaks. */
class PackedJarIT {

    private static final Path JAR = Path.of("target", "jvm-medic.jar").toAbsolutePath();

    @TempDir
    private Path folder;

    static List<Path> homes() {
        return Forked.homes().toList();
    }

    private static String run(int expected, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Forked.ownHome().resolve("bin/java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(Forked.PATIENCE.toSeconds(), TimeUnit.SECONDS), "hangs: " + command);
        assertEquals(expected, process.exitValue(), out);
        // JSON and the paths of a dump are meant for other programs: they stay whole.
        assertTrue(out.startsWith("{") || out.startsWith("[")
                || out.lines().allMatch(line -> line.length() <= 80 || line.startsWith("/")), out);
        return out;
    }

    private static JsonElement json(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        return JsonParser.parseString(run(0, all.toArray(String[]::new)));
    }

    private static List<JsonElement> rows(String... arguments) throws IOException, InterruptedException {
        return json(arguments).getAsJsonArray().asList();
    }

    private static String text(JsonElement row, String field) {
        return row.getAsJsonObject().get(field).getAsString();
    }

    @ParameterizedTest
    @MethodSource("homes")
    void fromAttachOverARepairToTheReport(Path home) throws Exception {
        assertTrue(Files.exists(JAR), "packed before this phase");
        try (Forked host = Forked.java(home, PoolHost.class, List.of())) {
            String pid = host.pid();
            run(0, "attach", pid, "--options", "dir=" + folder);
            assertTrue(run(0, "attach", pid).contains("already"));
            JsonObject status = json("status", pid).getAsJsonObject();
            assertEquals("heal", status.get("mode").getAsString());
            assertEquals("hot attach", status.get("attached").getAsString());
            // A connection borrowed before the hooks are in cannot be proven lost: they must have seen borrows first.
            await().atMost(Forked.PATIENCE).until(() -> rows("pools", pid).stream().anyMatch(pool ->
                    text(pool, "resource").equals("pool:orders") && pool.getAsJsonObject().get("served").getAsLong() > 5));
            assertTrue(run(0, "holders", "orders", pid).contains("pool:orders"));

            host.send('x');
            try {
                await().atMost(Forked.PATIENCE).until(() ->
                        rows("incidents", pid).stream().anyMatch(incident -> text(incident, "result").equals("HEALED")));
            } catch (ConditionTimeoutException e) {
                fail("not healed\n" + run(0, "status", pid) + run(0, "holders", "orders", pid) + run(0, "incidents", pid)
                        + host.errors(), e);
            }
            String id = rows("incidents", pid).stream().filter(incident -> text(incident, "result").equals("HEALED"))
                    .map(incident -> text(incident, "id")).findFirst().orElseThrow();
            assertTrue(run(0, "explain", id, pid).contains("ALLOWED"));
            run(0, "dump", pid);

            assertTrue(run(0, "mode", "observe", pid).contains("is now observe"));
            run(0, "pause", pid);
            assertTrue(json("status", pid).getAsJsonObject().get("paused").getAsBoolean());
            run(0, "resume", pid);
            assertTrue(run(0, "detach", pid).contains("let go"));
            run(ExitCode.NO_AGENT.number(), "status", pid);
            assertTrue(host.isAlive());

            JsonObject report = json("report", folder.toString()).getAsJsonObject();
            assertTrue(report.getAsJsonObject("done").get("HEALED").getAsInt() >= 1, report::toString);
            assertTrue(report.getAsJsonArray("jvms").get(0).getAsString().contains("pid " + pid), report::toString);
            String text = run(0, "report", folder.toString());
            assertTrue(text.replaceAll("\\s+", " ").contains("Repaired by reclaim-leaked-connection"), text);
        }
    }
}
