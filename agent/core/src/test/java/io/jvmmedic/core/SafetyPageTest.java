package io.jvmmedic.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page promises a test for each mechanism: each one it names exists, and no mechanism is without. */
class SafetyPageTest {

    /** Folders of all modules; nothing else is walked, for tests that run beside this one make files and remove them. */
    private static final List<String> MODULES = List.of("agent/bootstrap", "agent/core", "agent/dist", "agent/benchmarks",
            "attach-cli", "integration-tests", "sample-apps/orders");

    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void everyTestItNamesExists() throws IOException {
        Path root = root();
        Map<String, String> sources = testSources(root);
        List<String> missing = new ArrayList<>();
        Matcher named = NAMED.matcher(page(root));
        int count = 0;
        while (named.find()) {
            count++;
            if (!sources.getOrDefault(named.group(1), "").contains(" void " + named.group(2) + "(")) {
                missing.add(named.group());
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(count > 50, "found " + count + " named tests only");
    }

    @Test
    void noMechanismIsWithoutOne() throws IOException {
        List<String> bare = new ArrayList<>();
        for (String mechanism : page(root()).split("(?m)^### ")) {
            if (!NAMED.matcher(mechanism).find()) {
                bare.add(mechanism.lines().findFirst().orElse(""));
            }
        }
        assertEquals(List.of("# Safety"), bare, "only the introduction names none");
    }

    private static String page(Path root) throws IOException {
        return Files.readString(root.resolve("docs/safety.md"));
    }

    /** Test sources of all modules, by class name. */
    private static Map<String, String> testSources(Path root) throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : MODULES) {
            Path tests = root.resolve(module).resolve("src/test");
            if (Files.exists(tests)) {
                try (Stream<Path> files = Files.walk(tests)) {
                    for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
                        // Two modules may have one of the same name.
                        sources.merge(file.getFileName().toString().replace(".java", ""), Files.readString(file), String::concat);
                    }
                }
            }
        }
        return sources;
    }

    /** The working directory is the module with Maven and often the root in an editor. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/safety.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
