package io.jvmmedic.core.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads the configuration file: {@code .properties} as such, anything else as YAML with nested or dotted keys. */
final class ConfigFile {

    /** A configuration is a page; more is a wrong path, such as a recording. */
    private static final int MAX_BYTES = 1 << 20;

    /**
     * @param texts key to text, as written; empty if there is a problem
     * @param problem why it cannot be used, to follow the file's name
     */
    record Content(Map<String, String> texts, Optional<String> problem) {
    }

    private ConfigFile() {
    }

    static Content read(String name) {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                return unusable("is a folder");
            }
            if (Files.size(path) > MAX_BYTES) {
                return unusable("is larger than " + (MAX_BYTES >> 10) + " KiB");
            }
            try (Reader reader = Files.newBufferedReader(path)) {
                return name.endsWith(".properties") ? properties(reader) : yaml(reader);
            }
        } catch (NoSuchFileException e) {
            return unusable("does not exist");
        } catch (InvalidPathException e) {
            return unusable("is no path");
        } catch (IOException e) {
            return unusable("cannot be read (" + oneLine(e) + ")");
        } catch (RuntimeException | StackOverflowError e) {
            // The parsers throw their own kinds, and a million nested brackets end the stack.
            return unusable("is malformed (" + oneLine(e) + ")");
        }
    }

    private static Content properties(Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.load(reader);
        Map<String, String> texts = new LinkedHashMap<>();
        properties.stringPropertyNames().stream().sorted().forEach(key -> texts.put(key, properties.getProperty(key)));
        return new Content(texts, Optional.empty());
    }

    private static Content yaml(Reader reader) {
        Object document = new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build()).loadFromReader(reader);
        Map<String, String> texts = new LinkedHashMap<>();
        if (document == null) {
            return new Content(texts, Optional.empty());
        }
        if (!(document instanceof Map<?, ?> map)) {
            return unusable("is malformed (expected lines such as mode: observe)");
        }
        flatten("", map, texts);
        return new Content(texts, Optional.empty());
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, String> texts) {
        map.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> nested) {
                flatten(key + ".", nested, texts);
            } else if (value instanceof List<?> list) {
                texts.put(key, list.stream().map(String::valueOf).collect(Collectors.joining("|")));
            } else if (value != null) {
                texts.put(key, value.toString());
            }
        });
    }

    private static Content unusable(String problem) {
        return new Content(Map.of(), Optional.of(problem));
    }

    private static String oneLine(Throwable e) {
        String message = e.getMessage() == null ? "" : ": " + e.getMessage().strip().replaceAll("\\s+", " ");
        return e.getClass().getSimpleName() + message;
    }
}
