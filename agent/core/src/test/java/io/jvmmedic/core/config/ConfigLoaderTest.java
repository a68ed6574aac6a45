package io.jvmmedic.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.ConfigLoader.Loaded;
import io.jvmmedic.core.model.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

    @TempDir
    private Path folder;

    @Test
    void propertyBeatsArgumentBeatsEnvironmentBeatsFileBeatsDefault() throws IOException {
        Path file = file("medic.yaml", "cool-down: 4s\nundo-after: 4s\nstartup-grace: 4s\nrestart.drain: 4s\n");
        Loaded loaded = load(
                Map.of("jvmmedic.cool-down", "1s"),
                "cool-down=2s,undo-after=2s,configuration-file=" + file,
                Map.of("JVMMEDIC_COOL_DOWN", "3s", "JVMMEDIC_UNDO_AFTER", "3s", "JVMMEDIC_STARTUP_GRACE", "3s"));

        assertEquals(List.of(), loaded.warnings());
        MedicConfig config = loaded.config();
        assertEquals(Duration.ofSeconds(1), config.get(Options.COOL_DOWN));
        assertEquals("property", config.sourceOf(Options.COOL_DOWN));
        assertEquals(Duration.ofSeconds(2), config.get(Options.UNDO_AFTER));
        assertEquals("argument", config.sourceOf(Options.UNDO_AFTER));
        assertEquals(Duration.ofSeconds(3), config.get(Options.STARTUP_GRACE));
        assertEquals("environment", config.sourceOf(Options.STARTUP_GRACE));
        assertEquals(Duration.ofSeconds(4), config.get(Options.RESTART_DRAIN));
        assertEquals("file", config.sourceOf(Options.RESTART_DRAIN));
        assertEquals("4s", config.textOf(Options.RESTART_DRAIN));
        assertEquals(Duration.ofSeconds(20), config.get(Options.RESTART_HALT_AFTER));
        assertEquals("default", config.sourceOf(Options.RESTART_HALT_AFTER));
        assertEquals("20s", config.textOf(Options.RESTART_HALT_AFTER));
    }

    @Test
    void theFileMayBeNamedByAnySource() throws IOException {
        Path file = file("medic.properties", "mode=observe\n");
        assertEquals(Mode.OBSERVE, mode(load(Map.of("jvmmedic.configuration-file", file.toString()), "", Map.of())));
        assertEquals(Mode.OBSERVE, mode(load(Map.of(), "configuration-file=" + file, Map.of())));
        assertEquals(Mode.OBSERVE, mode(load(Map.of(), "", Map.of("JVMMEDIC_CONFIGURATION_FILE", file.toString()))));
    }

    @Test
    void yamlMayNestKeysOrDotThemAndListNames() throws IOException {
        Path file = file("medic.yaml", """
                # a comment
                mode: off
                log: off
                log.level: debug
                restart:
                  enabled: true
                  exit-code: 87
                budget.grow: 7/1h
                exclude:
                  - pool:reporting
                  - executor:batch-*
                kill-file:
                jvmmedic.undo-after: 9s
                """);
        Loaded loaded = load(Map.of(), "configuration-file=" + file, Map.of());

        assertEquals(List.of(), loaded.warnings());
        MedicConfig config = loaded.config();
        assertEquals(Mode.OFF, config.get(Options.MODE));
        assertEquals("off", config.get(Options.LOG));
        assertEquals("debug", config.get(Options.LOG_LEVEL));
        assertTrue(config.get(Options.RESTART_ENABLED));
        assertEquals(87, config.get(Options.RESTART_EXIT_CODE));
        assertEquals(new Budget(7, Duration.ofHours(1)), config.get(Options.BUDGET_GROW));
        assertEquals(Set.of("pool:reporting", "executor:batch-*"), config.get(Options.EXCLUDE));
        assertEquals("default", config.sourceOf(Options.KILL_FILE));
        assertEquals(Duration.ofSeconds(9), config.get(Options.UNDO_AFTER));
    }

    @Test
    void unknownKeysAreNamedWithTheNearestOne() throws IOException {
        Path file = file("medic.yaml", "budget:\n  reclaims: 1/1m\nnothing-like-it-at-all: 1\n");
        Loaded loaded = load(
                Map.of("jvmmedic.colo-down", "1s", "user.name", "x"),
                "Mode=off,configuration-file=" + file,
                Map.of("JVMMEDIC_STARTUPGRACE", "1s", "PATH", "/bin"));

        assertEquals(List.of(
                "system property jvmmedic.colo-down is unknown and ignored; did you mean jvmmedic.cool-down?",
                "agent argument Mode is unknown and ignored; did you mean mode?",
                "environment variable JVMMEDIC_STARTUPGRACE is unknown and ignored; did you mean JVMMEDIC_STARTUP_GRACE?",
                "configuration file " + file + ": budget.reclaims is unknown and ignored; did you mean budget.reclaim?",
                "configuration file " + file + ": nothing-like-it-at-all is unknown and ignored"), loaded.warnings());
        assertEquals(Mode.HEAL, mode(loaded));
    }

    @Test
    void attachCommandsAndEarlyPropertiesAreNotUnknown() {
        Loaded loaded = load(Map.of("jvmmedic.jdk-tools", "true", "jvmmedic.ignore-preflight", "true"),
                "command=status,reply=/tmp/x,,", Map.of());
        assertEquals(List.of(), loaded.warnings());
    }

    @Test
    void badValuesNameKeyValueWhatIsRightAndWhatIsUsed() {
        Loaded loaded = load(Map.of("jvmmedic.undo-after", "soon"), "restart.exit-code=0,verbose",
                Map.of("JVMMEDIC_BUDGET_GROW", "many"));

        assertEquals(List.of(
                "system property jvmmedic.undo-after is 'soon', expected a duration such as 500ms, 2s, 10m or 1h; 8s is used",
                "agent argument verbose has no value and is ignored; write verbose=value",
                "agent argument restart.exit-code is '0', expected a number from 1 to 255; 86 is used",
                "environment variable JVMMEDIC_BUDGET_GROW is 'many', expected times/period such as 6/10m; 30/10m is used"),
                loaded.warnings());
        assertEquals(Duration.ofSeconds(8), loaded.config().get(Options.UNDO_AFTER));
        assertEquals(86, loaded.config().get(Options.RESTART_EXIT_CODE));
        assertEquals("default", loaded.config().sourceOf(Options.RESTART_EXIT_CODE));
    }

    @Test
    void aBadValueIsNotReplacedByAWeakerSource() {
        Loaded loaded = load(Map.of("jvmmedic.undo-after", "soon"), "undo-after=3s", Map.of());
        assertEquals(Duration.ofSeconds(8), loaded.config().get(Options.UNDO_AFTER));
    }

    @Test
    void aModeThatIsNoModeIsObserve() {
        Loaded loaded = load(Map.of(), "mode=obsreve", Map.of());
        assertEquals(Mode.OBSERVE, mode(loaded));
        assertEquals("caution", loaded.config().sourceOf(Options.MODE));
        assertEquals(List.of("agent argument mode is 'obsreve', expected one of off, observe, heal; observe is used"),
                loaded.warnings());
    }

    @Test
    void aFileThatCannotBeReadIsOneWarningAndObserve() throws IOException {
        Map<String, String> unusable = Map.of(
                folder.resolve("absent.yaml").toString(), "does not exist",
                folder.toString(), "is a folder",
                file("broken.yaml", "mode: [off\n").toString(), "is malformed",
                file("twice.yaml", "mode: off\nmode: heal\n").toString(), "is malformed",
                file("list.yaml", "- mode\n").toString(), "is malformed",
                file("deep.yaml", "[".repeat(100_000)).toString(), "is malformed",
                file("broken.properties", "mode=\\u12\n").toString(), "is malformed",
                file("huge.yaml", "#".repeat(2 << 20)).toString(), "is larger than 1024 KiB",
                "a\0b", "is no path");
        unusable.forEach((name, problem) -> {
            Loaded loaded = load(Map.of("jvmmedic.configuration-file", name), "", Map.of());
            assertEquals(1, loaded.warnings().size(), loaded.warnings().toString());
            String warning = loaded.warnings().get(0);
            assertTrue(warning.contains(problem) && warning.endsWith("so the mode is observe"), warning);
            assertEquals(Mode.OBSERVE, mode(loaded));
            assertEquals("caution", loaded.config().sourceOf(Options.MODE));
        });
    }

    @Test
    void aModeThatIsSaidElsewhereStandsEvenIfTheFileIsMissing() {
        Loaded loaded = load(Map.of(), "mode=heal,configuration-file=" + folder.resolve("absent.yaml"), Map.of());
        assertEquals(Mode.HEAL, mode(loaded));
        assertEquals(1, loaded.warnings().size());
    }

    @Test
    void anEmptyFileIsNoProblem() throws IOException {
        Loaded loaded = load(Map.of(), "configuration-file=" + file("empty.yaml", ""), Map.of());
        assertEquals(List.of(), loaded.warnings());
        assertEquals(Mode.HEAL, mode(loaded));
    }

    @Test
    void anEnvironmentVariableSetToNothingIsNotSet() {
        Loaded loaded = load(Map.of(), null, Map.of("JVMMEDIC_MODE", " "));
        assertEquals(List.of(), loaded.warnings());
        assertEquals(Mode.HEAL, mode(loaded));
    }

    @Test
    void anEmptyPropertyClearsWhatAWeakerSourceSays() {
        Loaded loaded = load(Map.of("jvmmedic.exclude", ""), "exclude=pool:*", Map.of());
        assertEquals(Set.of(), loaded.config().get(Options.EXCLUDE));
    }

    @Test
    void environmentNamesAreUnique() {
        Set<String> names = new HashSet<>();
        Options.all().forEach(option -> assertTrue(names.add(ConfigLoader.environmentName(option.key())), option.key()));
    }

    @Test
    void everyDefaultCanBeRead() {
        MedicConfig config = MedicConfig.of(Map.of());
        Options.all().forEach(option -> assertTrue(config.get(option) != null, option.key()));
    }

    private static Mode mode(Loaded loaded) {
        return loaded.config().get(Options.MODE);
    }

    private static Loaded load(Map<String, String> properties, String arguments, Map<String, String> environment) {
        Properties all = new Properties();
        all.putAll(properties);
        return ConfigLoader.load(all, arguments, environment);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
