package io.jvmmedic.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jvmmedic.cli.host.FakeAgent;
import io.jvmmedic.cli.host.PlainHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All verbs against the agent's own control package in another JVM, on each JDK there is. */
class AgentVerbsTest {

    private static String agentJar;

    @BeforeAll
    static void packAgent() throws IOException {
        agentJar = FakeAgent.jar().toString();
    }

    static List<Path> homes() {
        return Forked.homes().toList();
    }

    private static Forked withAgent(Path home, String options) throws IOException {
        return Forked.java(home, PlainHost.class, List.of("-javaagent:" + agentJar + "=" + options));
    }

    private static Cli ok(Cli cli) {
        assertEquals(0, cli.code(), cli::toString);
        assertEquals("", cli.err());
        boolean json = cli.out().startsWith("{") || cli.out().startsWith("[");
        assertTrue(json || cli.width() <= 80, () -> cli.width() + " columns\n" + cli);
        assertFalse(cli.out().contains("\u001b"), "colour or an escape of the host without a terminal");
        return cli;
    }

    @ParameterizedTest
    @MethodSource("homes")
    void everyVerbIsAnsweredThroughTheMailbox(Path home) throws IOException {
        try (Forked host = withAgent(home, "")) {
            String pid = host.pid();
            // Who looks at all JVMs does not wait long for one of them.
            await().atMost(Forked.PATIENCE).until(() -> ok(Cli.run("list")).out().lines()
                    .anyMatch(line -> line.contains(pid) && line.contains("9.9.9")));

            Cli status = ok(Cli.run("status", pid));
            for (String part : List.of("JVM Medic 9.9.9 in process " + pid, "heal", "1 h 2 min, premain",
                    "degraded: the temp folder", "3 executor, 2 pool", "NOT APPLIED: field 'leased'", "budget.reclaim",
                    "12.0 s", "VERIFYING", "did you mean 'mode'", "startup-grace")) {
                assertTrue(status.flat().contains(part), () -> part + " is missing in\n" + status);
            }
            Cli pools = ok(Cli.run("pools", pid));
            assertTrue(pools.flat().contains("none"), pools::toString);
            assertTrue(pools.flat().contains("123456789"), pools::toString);

            Cli holders = ok(Cli.run("holders", "5432", pid));
            assertTrue(holders.flat().contains("exec-1?[31m, held 1 min 5 s, unused for 1 min 4 s"), holders::toString);
            assertTrue(holders.flat().contains("nobody can give it back"), holders::toString);
            assertTrue(holders.flat().contains("holds 1 slot of the same pool"), holders::toString);
            assertTrue(holders.flat().contains("slots are in slow statements"), holders::toString);
            assertTrue(holders.flat().contains("victims 4 threads waiting from 2 sites"), holders::toString);
            assertTrue(holders.flat().contains("9 slots, 90 % of the slot time: 54.0 s in JDBC, 18.0 s elsewhere"),
                    holders::toString);
            assertTrue(holders.flat().contains("1 slot, 10 % of the slot time: 8.0 s not visible"), holders::toString);

            assertTrue(ok(Cli.run("incidents", pid)).flat().contains("reclaim-leaked-connection HEALED"));
            Cli story = ok(Cli.run("explain", "20261121", pid));
            assertTrue(story.flat().contains("close the connection in a finally block"), story::toString);
            assertTrue(story.flat().contains("is held by exec-1"), story::toString);

            assertTrue(ok(Cli.run("mode", "observe", pid)).flat().contains("is now observe, it was heal"));
            assertTrue(ok(Cli.run("mode", "observe", pid)).flat().contains("is observe already"));
            assertTrue(ok(Cli.run("pause", pid)).flat().contains("are paused"));
            assertTrue(ok(Cli.run("status", pid)).flat().contains("observe, paused"));
            assertTrue(ok(Cli.run("resume", pid)).flat().contains("go on"));
            assertTrue(ok(Cli.run("resume", pid)).flat().contains("were not paused"));
            assertTrue(ok(Cli.run("dump", pid)).out().contains("/tmp/jvm-medic-app/threads.txt"));

            assertTrue(ok(Cli.run("detach", pid)).flat().contains("has let go of"));
            assertEquals(ExitCode.NO_AGENT.number(), Cli.run("status", pid).code());
            assertTrue(host.isAlive());
        }
    }

    @Test
    void jsonIsWholeWhateverTheAnswer() throws IOException {
        try (Forked host = withAgent(Forked.ownHome(), "")) {
            JsonObject status = JsonParser.parseString(ok(Cli.run("status", "--json", host.pid())).out()).getAsJsonObject();
            assertEquals("heal", status.get("mode").getAsString());
            for (String verb : List.of("list", "pools", "incidents", "dump", "pause", "resume")) {
                String[] arguments = verb.equals("list") ? new String[] {verb, "--json"}
                        : new String[] {verb, host.pid(), "--json"};
                assertFalse(JsonParser.parseString(ok(Cli.run(arguments)).out()).isJsonNull(), verb);
            }
            Cli refused = Cli.run("holders", "nope", host.pid(), "--json");
            JsonObject error = JsonParser.parseString(refused.out()).getAsJsonObject();
            assertEquals(ExitCode.USAGE.number(), error.get("code").getAsInt());
            assertTrue(error.get("error").getAsString().contains("There is no resource 'nope'"));
            assertEquals(ExitCode.USAGE.number(), refused.code());
        }
    }

    @Test
    void whatTheAgentRefusesEndsWithItsSentence() throws IOException {
        try (Forked host = withAgent(Forked.ownHome(), "")) {
            Cli refused = Cli.run("dump", "--full", host.pid());
            assertEquals(ExitCode.REFUSED.number(), refused.code(), refused::toString);
            assertTrue(refused.flat().contains("the next is free in 9 min"), refused::toString);
            Cli unknown = Cli.run("mode", "turbo", host.pid());
            assertEquals(ExitCode.USAGE.number(), unknown.code(), unknown::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void withoutAMailboxTheAttachCarriesTheRequest(Path home) throws IOException {
        try (Forked host = withAgent(home, "mailbox=no")) {
            assertTrue(ok(Cli.run("status", host.pid())).flat().contains("JVM Medic 9.9.9"));
            Cli unknown = Cli.run("holders", "a, b & 100%", host.pid());
            assertTrue(unknown.flat().contains("'a, b & 100%'"), unknown::toString);
            ok(Cli.run("detach", host.pid()));
            assertEquals(ExitCode.NO_AGENT.number(), Cli.run("status", host.pid()).code());
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void attachStartsTheAgentOnceAndSaysSo(Path home) throws IOException {
        try (Forked host = Forked.java(home, PlainHost.class, List.of("-XX:+EnableDynamicAgentLoading"))) {
            assertEquals(ExitCode.NO_AGENT.number(), Cli.run("status", host.pid()).code());
            assertTrue(ok(Cli.run("attach", host.pid())).flat().contains("Agent 9.9.9 runs in process " + host.pid()));
            Cli again = ok(Cli.run("attach", host.pid(), "--options", "mode=observe"));
            assertTrue(again.flat().contains("already; nothing was changed, and the options were not used"), again::toString);
            assertTrue(ok(Cli.run("status", host.pid())).flat().contains("heal"));
            JsonObject json = JsonParser.parseString(ok(Cli.run("attach", "--json", host.pid())).out()).getAsJsonObject();
            assertFalse(json.get("started").getAsBoolean());
        }
    }

    @Test
    void anAgentThatNeverComesUpOrNeverAnswersIsNotWaitedForForEver() throws IOException {
        try (Forked host = Forked.java(Forked.ownHome(), PlainHost.class, List.of())) {
            Cli never = Cli.run("attach", host.pid(), "--options", "silent=yes", "--timeout", "1");
            assertEquals(ExitCode.REFUSED.number(), never.code(), never::toString);
            assertTrue(never.flat().contains("the JVM's stderr says why"), never::toString);
        }
        try (Forked host = withAgent(Forked.ownHome(), "deaf=yes")) {
            Cli silent = Cli.run("status", host.pid(), "--timeout", "1");
            assertEquals(ExitCode.NO_ANSWER.number(), silent.code(), silent::toString);
        }
    }

    @Test
    void aNameOrNothingIsEnoughWhileItIsClear() throws IOException {
        try (Forked first = withAgent(Forked.ownHome(), "")) {
            assertTrue(ok(Cli.run("mode", "observe", "plainhost")).flat().contains("is now observe"));
            try (Forked second = withAgent(Forked.ownHome(), "")) {
                Cli ambiguous = Cli.run("status", "PlainHost");
                assertEquals(ExitCode.USAGE.number(), ambiguous.code(), ambiguous::toString);
                assertTrue(ambiguous.err().contains("1. ") && ambiguous.err().contains("2. "), ambiguous::toString);
                assertTrue(ambiguous.err().contains(first.pid()) && ambiguous.err().contains(second.pid()));
                await().atMost(Forked.PATIENCE).untilAsserted(() -> {
                    Cli whom = Cli.run("status");
                    assertEquals(ExitCode.USAGE.number(), whom.code(), whom::toString);
                    assertTrue(whom.flat().contains("JVMs run the agent, say which by its pid"), whom::toString);
                });
            }
        }
    }

    @Test
    void columnsAndColourAreAsTheEnvironmentSays() throws IOException {
        try (Forked host = withAgent(Forked.ownHome(), "")) {
            assertTrue(Cli.run(Map.of("COLUMNS", "60"), "status", host.pid()).width() <= 60);
            assertTrue(Cli.run(Map.of("COLUMNS", "120"), "status", host.pid()).width() > 80);
            assertTrue(Cli.run(Map.of("COLUMNS", "wide"), "status", host.pid()).width() <= 80);
        }
    }
}
