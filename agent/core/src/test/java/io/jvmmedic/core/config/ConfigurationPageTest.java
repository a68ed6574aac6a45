package io.jvmmedic.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page a user reads has exactly the keys there are; on failure the message holds the table to paste. */
class ConfigurationPageTest {

    private static final String HEAD = "| Key | Default | Meaning |\n|---|---|---|\n";

    @Test
    void theTableIsTheOneOfTheOptions() throws IOException {
        String expected = HEAD + Options.all().stream().map(ConfigurationPageTest::row).collect(Collectors.joining());
        String page = Files.readString(page()).replace("\r\n", "\n");
        int from = page.indexOf(HEAD);
        int to = page.indexOf("\n\n", from) + 1;
        String found = from < 0 ? "" : page.substring(from, to > 0 ? to : page.length());
        assertEquals(expected, found, "docs/configuration.md has another table than Options; it should be\n\n" + expected);
    }

    private static String row(Option<?> option) {
        String defaultText = option.defaultText().isEmpty() ? "" : "`" + option.defaultText() + "`";
        return "| `" + option.key() + "` | " + defaultText + " | " + option.description().replace("|", "\\|") + " |\n";
    }

    /** The working directory is the module with Maven and often the root in an editor. */
    private static Path page() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/configuration.md"))) {
            folder = folder.getParent();
        }
        return folder.resolve("docs/configuration.md");
    }
}
