package io.jvmmedic.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.it.harness.Attach;
import io.jvmmedic.it.harness.Command;
import io.jvmmedic.it.harness.Folders;
import io.jvmmedic.it.harness.Invariants;
import io.jvmmedic.it.harness.Jdk;
import io.jvmmedic.it.harness.Jdks;
import io.jvmmedic.it.harness.NamedModule;
import io.jvmmedic.it.harness.PatientJvm;
import io.jvmmedic.it.harness.PatientSpec;
import io.jvmmedic.it.harness.Scenario;
import io.jvmmedic.it.harness.Story;
import io.jvmmedic.it.harness.Tree;
import io.jvmmedic.it.patients.ChoosyPatient;
import io.jvmmedic.it.patients.ClosedLoaderPatient;
import io.jvmmedic.it.patients.ExecutorPatient;
import io.jvmmedic.it.patients.HikariLeakPatient;
import io.jvmmedic.it.patients.IdlePatient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent in hosts that are peculiar: it finds its place, or says in one sentence why not, and never is the incident. */
@ExtendWith(Folders.class)
class GuardTest {

    private static final String RECLAIM = "reclaim-leaked-connection";

    @Scenario(patient = IdlePatient.class, attach = {Attach.PREMAIN, Attach.HOT}, healthy = true)
    void secondAttachChangesNothing(PatientJvm jvm) {
        awaitOwnThreads(jvm);
        jvm.attach("");
        awaitOwnThreads(jvm);
    }

    @Scenario(patient = IdlePatient.class, healthy = true, jdks = 17)
    void secondAttachMayCarryACommand(PatientJvm jvm) {
        assertEquals("heal", jvm.witness().rows("AgentHealth").get(0).getString("mode"));
        jvm.attach("command=mode,mode=observe");
        jvm.witness().await(Story.SOON, "AgentHealth", row -> row.getString("mode").equals("observe"));
    }

    @Scenario(patient = IdlePatient.class, agentOptions = "mod=observe", warnings = "mod.*mode", healthy = true)
    void unknownKeyIsOneWarningWithASuggestion(PatientJvm jvm) {
        assertEquals(1, jvm.agentLines().stream().filter(line -> line.contains("warning:")).count(),
                () -> jvm.agentLines().toString());
    }

    @Scenario(patient = IdlePatient.class, libraries = "outdated", attach = {Attach.PREMAIN, Attach.HOT}, healthy = true)
    void hostKeepsItsOwnVersionsOfOurLibraries(PatientJvm jvm) {
        for (String name : List.of("net.bytebuddy.ByteBuddy", "org.slf4j.Logger", "org.HdrHistogram.Histogram")) {
            assertTrue(jvm.ask("origin " + name).contains("/outdated/"), name);
        }
    }

    @Scenario(patient = IdlePatient.class, attach = {Attach.PREMAIN, Attach.HOT}, healthy = true,
            jvmOptions = "-Dslf4j.provider=com.example.ProviderOfTheHost")
    void hostSeesNothingOfOurLibraries(PatientJvm jvm) {
        assertTrue(jvm.stderr().stream().noneMatch(line -> line.contains("SLF4J")), () -> jvm.stderr().toString());
        for (String name : List.of("net.bytebuddy.ByteBuddy", "org.slf4j.Logger", "org.HdrHistogram.Histogram",
                "com.google.gson.Gson")) {
            assertEquals("no", jvm.ask("visible " + name), name);
        }
    }

    @Scenario(patient = ChoosyPatient.class, healthy = true)
    void hostChoosesItsLogManagerAndItsMBeanServer(PatientJvm jvm) {
        // A sampling round has touched whatever it touches.
        await().atMost(Story.SOON).until(() -> jvm.witness().rows("MemorySample").size() >= 2);
        assertEquals("OwnLogManager", jvm.ask("logging"));
        assertEquals("own", jvm.ask("management"));
    }

    @Scenario(patient = ClosedLoaderPatient.class, libraries = "HikariCP-7.1.0+h2", attach = {Attach.PREMAIN, Attach.HOT},
            healthy = true)
    void leavesALoaderAloneThatDoesNotDelegate(PatientJvm jvm) {
        assertEquals("100", jvm.ask("borrow 100"));
        await().atMost(Story.SOON).untilAsserted(() -> {
            jvm.attach("command=status");
            assertTrue(jvm.agentLines().stream().anyMatch(line -> line.contains("does not delegate to the boot loader")),
                    () -> jvm.agentLines().toString());
        });
        assertEquals("100", jvm.ask("borrow 100"));
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", witnessed = false,
            attach = {Attach.PREMAIN, Attach.HOT})
    void healsWhereNobodyElseRecords(PatientJvm jvm) {
        heals(jvm);
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", witnessed = false, agentOptions = "jfr=false", jdks = 17)
    void healsWithoutFlightRecorder(PatientJvm jvm) {
        heals(jvm);
    }

    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", witnessed = false,
            jvmOptions = {"--limit-modules", "java.base,java.instrument"},
            warnings = {"no module jdk.jfr", "no module java.management"})
    void healsInASmallImage(PatientJvm jvm) {
        heals(jvm);
    }

    /** Neither Flight Recorder nor we have a place for files. */
    @Scenario(patient = ExecutorPatient.class, arguments = "fixed", witnessed = false, agentOptions = "dir=",
            jvmOptions = "-Djava.io.tmpdir=%dir/none", warnings = {"cannot be used", "Flight Recorder"})
    void healsWithoutATempFolder(PatientJvm jvm) {
        heals(jvm);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void healsANamedModule(int feature, Path directory) {
        List<Path> libraries = new ArrayList<>(PatientSpec.library("HikariCP-7.1.0"));
        libraries.addAll(PatientSpec.library("h2"));
        PatientSpec spec = PatientSpec.of(Jdks.require(feature), directory, HikariLeakPatient.class)
                .program(NamedModule.options(directory, List.of("java.sql", "com.zaxxer.hikari"), libraries,
                        List.of("HikariLeakPatient", "Patient", "Pools", "Load", "Garbage")))
                .build();
        try (PatientJvm jvm = PatientJvm.fork(spec)) {
            double before = jvm.rate();
            jvm.ask("break");
            Story.awaitHealed(jvm, RECLAIM);
            jvm.awaitRate(0.9 * before, Story.SOON);
            jvm.stop();
            Invariants.check(jvm, false, List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void isSilentInToolsOfTheJdk(int feature) {
        Jdk jdk = Jdks.require(feature);
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", "-javaagent:" + PatientSpec.agentJar());
        for (List<String> line : List.of(List.of(jdk.tool("javac").toString(), "-version"),
                List.of(jdk.tool("jcmd").toString(), "-l"))) {
            Command tool = Command.run(environment, "", line);
            assertEquals(0, tool.exitCode(), tool.output());
            assertFalse(tool.output().contains("[jvm-medic]"), tool.output());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void refusesToRunOutOfAnUberJar(int feature, Path directory) throws IOException {
        Path uber = directory.resolve("app-all.jar");
        repack(PatientSpec.agentJar(), uber);
        PatientSpec spec = PatientSpec.of(Jdks.require(feature), directory, IdlePatient.class)
                .agentJar(uber).unwitnessed().build();
        try (PatientJvm jvm = PatientJvm.fork(spec)) {
            assertFalse(jvm.ask("threads").contains("jvm-medic-"));
            jvm.stop();
            assertEquals(1, jvm.agentLines().size(), () -> jvm.agentLines().toString());
            assertTrue(jvm.agentLines().get(0).contains("uber-jar"), jvm.agentLines().get(0));
            Invariants.check(jvm, true, List.of("uber-jar"));
        }
    }

    /** Soft references are cleared at once: the JDK keeps types of ours in soft caches of its own, which is no leak. */
    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", attach = {Attach.PREMAIN, Attach.HOT},
            jvmOptions = "-XX:SoftRefLRUPolicyMSPerMB=0")
    void leavesWithoutATraceWhenDetached(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.attach("command=detach");
        await().atMost(Story.SOON).until(() -> !jvm.ask("threads").contains("jvm-medic-"));
        String jcmd = jvm.spec().jdk().tool("jcmd").toString();
        await().atMost(Story.SOON).untilAsserted(() -> {
            jvm.ask("gc");
            String loaders = Command.run(jcmd, String.valueOf(jvm.pid()), "VM.classloader_stats").output();
            assertFalse(loaders.contains("io.jvmmedic.bootstrap.CoreLoader"), loaders);
        });
        String classes = Command.run(jcmd, String.valueOf(jvm.pid()), "GC.class_histogram").output();
        assertFalse(classes.contains("io.jvmmedic.core."), classes);
        jvm.awaitRate(0.9 * before, Story.SOON);
    }

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-7.1.0+h2", jdks = 25)
    void comesBackAfterADetach(PatientJvm jvm) {
        jvm.attach("command=detach");
        await().atMost(Story.SOON).until(() -> !jvm.ask("threads").contains("jvm-medic-"));
        Instant back = Instant.now();
        jvm.attach("dir=" + jvm.spec().medicDirectory());
        // What is borrowed before the hooks are in again cannot be told apart from what is leaked.
        jvm.witness().await(Story.SOON, "PoolSample", row -> row.getEndTime().isAfter(back) && row.getLong("borrows") > 0);
        double before = jvm.rate();
        jvm.ask("break");
        Story.awaitHealed(jvm, RECLAIM);
        jvm.awaitRate(0.9 * before, Story.SOON);
    }

    @Scenario(patient = HikariLeakPatient.class, libraries = "HikariCP-6.3.3+h2")
    void killedJvmLeavesItsStory(PatientJvm jvm) throws IOException {
        jvm.ask("break");
        Story.awaitHealed(jvm, RECLAIM);
        jvm.kill();
        String journal = Tree.find(jvm.spec().medicDirectory(), "journal.jsonl");
        for (String kind : List.of("OPENED", "DECIDED", "BEGINS", "ENDED")) {
            assertTrue(journal.lines().anyMatch(line -> line.contains("\"" + kind + "\"") && line.endsWith("}}")), journal);
        }
        assertTrue(jvm.witness().left().stream().anyMatch(
                row -> row.getEventType().getName().equals("jvmmedic.Remediation")), "nothing in the unfinished recording");
    }

    @ParameterizedTest
    @CsvSource({"17, true", "25, false"})
    void livesBesideTheOpenTelemetryAgent(int feature, boolean oursFirst, Path directory) {
        Path other = PatientSpec.library("opentelemetry-javaagent").get(0);
        PatientSpec.Builder builder = PatientSpec.of(Jdks.require(feature), directory, HikariLeakPatient.class)
                .libraries("HikariCP-7.1.0+h2")
                .jvmOptions("-Dotel.traces.exporter=none", "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none");
        PatientSpec spec = (oursFirst ? builder.lastAgent(other) : builder.firstAgent(other)).build();
        try (PatientJvm jvm = PatientJvm.fork(spec)) {
            double before = jvm.rate();
            jvm.ask("break");
            Story.awaitHealed(jvm, RECLAIM);
            jvm.awaitRate(0.9 * before, Story.SOON);
            Invariants.checkAlive(jvm);
            jvm.stop();
            Invariants.check(jvm, false, List.of());
        }
    }

    /** Those that stay, each once; what starts the agent or weaves ends. */
    private static void awaitOwnThreads(PatientJvm jvm) {
        await().atMost(Story.SOON).until(
                () -> Stream.of(jvm.ask("threads").split(" ")).filter(name -> name.startsWith("jvm-medic-")).toList(),
                List.of("jvm-medic-engine:daemon", "jvm-medic-sampler:daemon", "jvm-medic-stream:daemon")::equals);
    }

    private static void heals(PatientJvm jvm) {
        double before = jvm.rate();
        jvm.ask("break");
        jvm.awaitRate(0.9 * before, Story.SOON);
    }

    /** As a shading plug-in does: the classes, and a manifest that somebody wrote by hand. */
    private static void repack(Path from, Path to) throws IOException {
        Path manifest = Files.createTempFile("manifest", ".mf");
        Files.writeString(manifest, "Premain-Class: io.jvmmedic.bootstrap.Launcher\nCan-Retransform-Classes: true\n");
        Path folder = Files.createDirectories(to.resolveSibling("unpacked"));
        String jar = Jdks.current().tool("jar").toString();
        Command.run("sh", "-c", "cd '" + folder + "' && '" + jar + "' xf '" + from + "' io && '" + jar + "' cfm '" + to
                + "' '" + manifest + "' io");
        Files.delete(manifest);
    }
}
