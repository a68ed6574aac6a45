package io.jvmmedic.core.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Builds the configuration out of its sources, the strongest first: system property {@code jvmmedic.<key>}, agent
 * argument {@code k=v,k=v}, environment variable {@code JVMMEDIC_<KEY>}, file, default. Never throws: what cannot be
 * used becomes a warning.
 *
 * <p>What cannot be read never makes the agent bolder: a mode that is no mode, and a file that is named but cannot be
 * read, both end in {@code observe}.
 */
public final class ConfigLoader {

    private static final String PROPERTY_PREFIX = "jvmmedic.";
    private static final String ENVIRONMENT_PREFIX = "JVMMEDIC_";
    /** Agent arguments that are attach commands; the command reader takes them. */
    private static final Set<String> COMMAND_KEYS = Set.of("command", "reply");
    /** System properties read before there is a configuration, by the launcher and by the preflight. */
    private static final Set<String> EARLY_PROPERTIES = Set.of("jdk-tools", "ignore-preflight");
    private static final String CAUTIOUS_MODE = "observe";

    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, String> sources = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    private ConfigLoader() {
    }

    /**
     * What came of it.
     *
     * @param warnings one sentence each, in the order of the sources
     */
    public record Loaded(MedicConfig config, List<String> warnings) {

        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * @param properties the system properties
     * @param agentArguments what stands behind {@code =} of {@code -javaagent}; {@code null} counts as empty
     * @param environment the environment variables
     */
    public static Loaded load(Properties properties, String agentArguments, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader();
        loader.take(loader.properties(properties), "property");
        loader.take(loader.arguments(agentArguments), "argument");
        loader.take(loader.environment(environment), "environment");
        String file = loader.texts.getOrDefault(Options.FILE.key(), "");
        if (!file.isEmpty()) {
            loader.take(loader.file(file), "file");
        }
        return new Loaded(new MedicConfig(loader.values, loader.texts, loader.sources), loader.warnings);
    }

    /** One value as a source gave it; {@code where} is how that source spells the key, for warnings. */
    private record Given(String where, String text) {
    }

    private Map<String, Given> properties(Properties properties) {
        Map<String, Given> given = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(PROPERTY_PREFIX)) {
                String key = name.substring(PROPERTY_PREFIX.length());
                if (!EARLY_PROPERTIES.contains(key)) {
                    String where = "system property " + name;
                    put(given, key, where, properties.getProperty(name), PROPERTY_PREFIX);
                }
            }
        }
        return given;
    }

    private Map<String, Given> arguments(String arguments) {
        Map<String, Given> given = new LinkedHashMap<>();
        for (String argument : arguments == null ? new String[0] : arguments.split(",")) {
            int equals = argument.indexOf('=');
            String key = equals < 0 ? argument.trim() : argument.substring(0, equals).trim();
            if (key.isEmpty() && equals < 0 || COMMAND_KEYS.contains(key)) {
                continue;
            }
            if (equals < 0) {
                warnings.add("agent argument " + key + " has no value and is ignored; write " + key + "=value");
            } else {
                put(given, key, "agent argument " + key, argument.substring(equals + 1), "");
            }
        }
        return given;
    }

    private Map<String, Given> environment(Map<String, String> environment) {
        Map<String, String> keys = Options.all().stream()
                .collect(Collectors.toMap(option -> environmentName(option.key()), Option::key));
        Map<String, Given> given = new TreeMap<>();
        new TreeMap<>(environment).forEach((name, text) -> {
            if (!name.startsWith(ENVIRONMENT_PREFIX)) {
                return;
            }
            String key = keys.get(name);
            if (key == null) {
                String near = Suggestion.nearest(name.substring(ENVIRONMENT_PREFIX.length()))
                        .map(ConfigLoader::environmentName).orElse("");
                warnings.add(unknown("environment variable " + name, near));
            } else if (!text.isBlank()) {
                // Compose files and manifests set a variable to nothing when they mean not set at all.
                given.put(key, new Given("environment variable " + name, text));
            }
        });
        return given;
    }

    private Map<String, Given> file(String name) {
        Map<String, Given> given = new LinkedHashMap<>();
        ConfigFile.Content content = ConfigFile.read(name);
        if (content.problem().isPresent()) {
            warnings.add("configuration file " + name + " " + content.problem().get() + "; its settings are not in force"
                    + (texts.containsKey(Options.MODE.key()) ? "" : ", so the mode is " + CAUTIOUS_MODE));
            cautious();
            return given;
        }
        content.texts().forEach((written, text) -> {
            String key = written.startsWith(PROPERTY_PREFIX) ? written.substring(PROPERTY_PREFIX.length()) : written;
            if (key.equals(Options.FILE.key())) {
                warnings.add("configuration file " + name + ": " + key + " has no effect inside the file");
            } else {
                put(given, key, "configuration file " + name + ": " + written, text, "");
            }
        });
        return given;
    }

    private void put(Map<String, Given> given, String key, String where, String text, String prefix) {
        if (Options.all().stream().anyMatch(option -> option.key().equals(key))) {
            given.put(key, new Given(where, text));
        } else {
            warnings.add(unknown(where, Suggestion.nearest(key).map(prefix::concat).orElse("")));
        }
    }

    /** Takes what no stronger source has given yet; a value that cannot be used still outranks the weaker sources. */
    private void take(Map<String, Given> layer, String source) {
        for (Option<?> option : Options.all()) {
            Given given = layer.get(option.key());
            if (given == null || texts.containsKey(option.key())) {
                continue;
            }
            String text = given.text().trim();
            try {
                values.put(option.key(), option.parser().apply(text));
                texts.put(option.key(), text);
                sources.put(option.key(), source);
            } catch (IllegalArgumentException e) {
                String instead = option == Options.MODE ? CAUTIOUS_MODE : option.defaultText();
                warnings.add(given.where() + " is '" + text + "', " + e.getMessage() + "; " + instead + " is used");
                if (option == Options.MODE) {
                    cautious();
                } else {
                    texts.put(option.key(), instead);
                }
            }
        }
    }

    private void cautious() {
        if (texts.putIfAbsent(Options.MODE.key(), CAUTIOUS_MODE) == null) {
            values.put(Options.MODE.key(), Options.MODE.parser().apply(CAUTIOUS_MODE));
            sources.put(Options.MODE.key(), "caution");
        }
    }

    private static String unknown(String where, String near) {
        return where + " is unknown and ignored" + (near.isEmpty() ? "" : "; did you mean " + near + "?");
    }

    static String environmentName(String key) {
        return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
