package io.jvmmedic.core.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.detect.Detector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The status shown in the page of the command line is one that this agent could give. */
class CommandLinePageTest {

    private static final String BUDGET = "budget.";

    @Test
    void itHasTheDetectors() throws IOException {
        assertEquals(Clinic.detectors(MedicConfig.of(Map.of())).stream().map(Detector::name).toList(),
                below("detectors"));
    }

    @Test
    void itHasTheBudgets() throws IOException {
        Set<String> known = Options.all().stream().map(option -> option.key()).filter(key -> key.startsWith(BUDGET))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, new TreeSet<>(below("BUDGET")));
    }

    /** The first word of each line of the block that begins so. */
    private static List<String> below(String heading) throws IOException {
        return Files.readString(page()).lines().dropWhile(line -> !line.startsWith(heading)).skip(1)
                .takeWhile(line -> !line.isBlank() && !line.startsWith("```")).map(line -> line.strip().split(" ")[0]).toList();
    }

    /** The working directory is the module with Maven and often the root in an editor. */
    private static Path page() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/cli.md"))) {
            folder = folder.getParent();
        }
        return folder.resolve("docs/cli.md");
    }
}
