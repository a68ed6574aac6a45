package io.jvmmedic.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvmmedic.cli.host.FakeAgent;
import io.jvmmedic.cli.host.PlainHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that can be wrong with the JVM asked for. A process that is no JVM must live on, whatever was typed. */
class ExitCodesTest {

    @BeforeAll
    static void packAgent() throws IOException {
        FakeAgent.jar();
    }

    static List<Path> homes() {
        return Forked.homes().toList();
    }

    private static void fails(ExitCode code, String sentence, String... arguments) {
        Cli cli = Cli.run(arguments);
        assertEquals(code.number(), cli.code(), cli::toString);
        assertTrue(cli.flat().contains(sentence), cli::toString);
        assertEquals("", cli.out());
        assertTrue(cli.width() <= 80, cli::toString);
    }

    @Test
    void usage() {
        fails(ExitCode.USAGE, "Say what to do");
        fails(ExitCode.USAGE, "Missing required parameter: 'pid|name'. See 'jvm-medic attach --help'", "attach");
        fails(ExitCode.USAGE, "Unknown option: '--wat'", "status", "--wat");
        fails(ExitCode.USAGE, "See 'jvm-medic --help'", "heal");
        fails(ExitCode.USAGE, "'many' is not an int", "status", "--timeout", "many");
    }

    @Test
    void helpNamesEveryVerbAndCodeOnOneScreenAndEndsWithExamples() {
        Cli help = Cli.run("--help");
        assertEquals(0, help.code());
        for (ExitCode code : ExitCode.values()) {
            assertTrue(help.flat().contains(code.number() + " " + code.meaning()), help::toString);
        }
        for (String verb : List.of("list", "attach", "status", "pools", "holders", "incidents", "explain", "mode", "pause",
                "resume", "dump", "detach", "report")) {
            assertTrue(help.out().contains("\n  " + verb + " "), verb);
            Cli own = Cli.run(verb, "--help");
            assertEquals(0, own.code());
            assertTrue(own.width() <= 80 && own.out().contains("--json"), own::toString);
        }
        List<String> lines = help.out().lines().toList();
        assertTrue(lines.size() <= 40 && help.width() <= 80, help::toString);
        assertTrue(lines.subList(lines.size() - 4, lines.size()).get(0).equals("Examples:"), help::toString);
    }

    @Test
    void noSuchProcess() throws Exception {
        String gone;
        try (Forked process = Forked.program("sleep", "60")) {
            gone = process.pid();
        }
        fails(ExitCode.NO_PROCESS, "There is no process " + gone, "status", gone);
        fails(ExitCode.NO_PROCESS, "No JVM runs a main class or jar with 'no-such-app'", "attach", "no-such-app");
        fails(ExitCode.NO_PROCESS, "There is no process 999999999999999999", "attach", "999999999999999999");
    }

    @Test
    void thisCommandItself() {
        fails(ExitCode.USAGE, "is this command itself", "attach", Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void aProcessThatIsNoJvmIsRefusedAndLivesOn() throws Exception {
        try (Forked process = Forked.program("sleep", "60")) {
            for (String verb : List.of("attach", "status", "detach")) {
                fails(ExitCode.NOT_A_JVM, "(sleep) is not a HotSpot JVM", verb, process.pid());
            }
            assertTrue(process.isAlive(), "SIGQUIT was sent to a process that does not handle it");
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void aJvmThatAttachingWouldKillIsRefusedAndLivesOn(Path home) throws Exception {
        try (Forked host = Forked.java(home, PlainHost.class, List.of("-Xrs", "-XX:+DisableAttachMechanism"))) {
            fails(ExitCode.LOADING_DISABLED, "attaching would kill it", "attach", host.pid());
            assertEquals(0, Cli.run("list").code());
            assertTrue(host.isAlive());
        }
    }

    /** With -Xrs alone the JVM listens from its start, so nobody has to send it a signal. */
    @ParameterizedTest
    @MethodSource("homes")
    void aJvmThatLeavesSignalsAloneIsReachedAllTheSame(Path home) throws Exception {
        try (Forked host = Forked.java(home, PlainHost.class, List.of("-Xrs"))) {
            fails(ExitCode.NO_AGENT, "runs no agent", "status", host.pid());
            assertTrue(host.isAlive());
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void noAgent(Path home) throws Exception {
        try (Forked host = Forked.java(home, PlainHost.class, List.of())) {
            fails(ExitCode.NO_AGENT, "start one with 'jvm-medic attach " + host.pid() + "'", "status", host.pid());
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void dynamicLoadingDisabled(Path home) throws Exception {
        try (Forked host = Forked.java(home, PlainHost.class, List.of("-XX:-EnableDynamicAgentLoading"))) {
            fails(ExitCode.LOADING_DISABLED, "forbids loading agents", "attach", host.pid());
            fails(ExitCode.NO_AGENT, "runs no agent", "status", host.pid());
            assertTrue(host.isAlive());
        }
    }

    @ParameterizedTest
    @MethodSource("homes")
    void attachDisabled(Path home) throws Exception {
        try (Forked host = Forked.java(home, PlainHost.class, List.of("-XX:+DisableAttachMechanism"))) {
            fails(ExitCode.LOADING_DISABLED, "-XX:+DisableAttachMechanism", "attach", host.pid());
            assertTrue(host.isAlive());
        }
    }

    @Test
    void aStoppedJvmIsNotWaitedFor() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")));
        try (Forked host = Forked.java(Forked.ownHome(), PlainHost.class, List.of())) {
            assertEquals(0, new ProcessBuilder("kill", "-STOP", host.pid()).start().waitFor());
            await().atMost(Forked.PATIENCE).until(() ->
                    Files.readString(Path.of("/proc", host.pid(), "status")).contains("State:\tT"));
            fails(ExitCode.NO_ANSWER, "is stopped; let it go on with 'kill -CONT " + host.pid() + "'", "status", host.pid());
        }
    }

    /** What a service with PrivateTmp=true looks like; only root can build it, so elsewhere this is not tested. */
    @ParameterizedTest
    @MethodSource("homes")
    void aJvmWithATempFolderOfItsOwnIsReachedOrLeftInPeace(Path client) throws Exception {
        assumeFalse(System.getProperty("java.class.path").contains("/tmp/"), "the checkout itself would be hidden");
        assumeTrue(new ProcessBuilder("unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /tmp").start().waitFor() == 0,
                "needs the right to make mounts");
        try (Forked host = Forked.javaWithOwnTemp(PlainHost.class)) {
            for (String verb : List.of("attach", "status", "list", "detach")) {
                List<String> command = new ArrayList<>(List.of(client.resolve("bin/java").toString(), "-cp",
                        System.getProperty("java.class.path"), JvmMedic.class.getName(), verb));
                if (!verb.equals("list")) {
                    command.add(host.pid());
                }
                Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                boolean reaches = feature(client) >= 25 || verb.equals("list");
                assertEquals(reaches ? 0 : ExitCode.NO_ANSWER.number(), process.waitFor(), out);
                assertTrue(reaches || out.replaceAll("\\s+", " ").contains("use 'nsenter -t " + host.pid() + " -m'"), out);
            }
            assertTrue(host.isAlive());
            host.kill();
            assertFalse(host.rest().contains("Full thread dump"), "the host was made to print thread dumps");
        }
    }

    private static int feature(Path home) throws IOException {
        return Integer.parseInt(Files.readString(home.resolve("release")).replaceAll("(?s).*JAVA_VERSION=\"(\\d+).*", "$1"));
    }

    @Test
    void aJvmOfAnotherUserIsNotPermitted() throws Exception {
        Path proc = Path.of("/proc/1");
        assumeTrue(Files.isDirectory(proc)
                && !Files.getAttribute(proc, "unix:uid").equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "needs a process of another user, and not to be root");
        fails(ExitCode.NOT_PERMITTED, "run this command as that user", "status", "1");
    }
}
