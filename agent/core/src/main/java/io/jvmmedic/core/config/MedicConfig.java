package io.jvmmedic.core.config;

import java.util.HashMap;
import java.util.Map;

/** The configuration in force; sealed once built. Built by {@link ConfigLoader}, or from a map in tests. */
public final class MedicConfig {

    private final Map<String, Object> values;
    private final Map<String, String> texts;
    private final Map<String, String> sources;

    MedicConfig(Map<String, Object> values, Map<String, String> texts, Map<String, String> sources) {
        this.values = Map.copyOf(values);
        this.texts = Map.copyOf(texts);
        this.sources = Map.copyOf(sources);
    }

    /** All defaults, except the given keys. Throws {@code IllegalArgumentException} for an unknown key or a bad value. */
    public static MedicConfig of(Map<String, String> texts) {
        Map<String, Object> values = new HashMap<>();
        Map<String, String> given = new HashMap<>();
        Map<String, String> rest = new HashMap<>(texts);
        for (Option<?> option : Options.all()) {
            String text = rest.remove(option.key());
            if (text != null) {
                values.put(option.key(), option.parser().apply(text));
                given.put(option.key(), text);
            }
        }
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("unknown keys " + rest.keySet());
        }
        return new MedicConfig(values, given, Map.of());
    }

    @SuppressWarnings("unchecked")
    public <T> T get(Option<T> option) {
        Object value = values.get(option.key());
        return value != null ? (T) value : option.parser().apply(option.defaultText());
    }

    /** The value as a user would write it, for the status. */
    public String textOf(Option<?> option) {
        return texts.getOrDefault(option.key(), option.defaultText());
    }

    /**
     * Where a value came from, for the status: {@code property}, {@code argument}, {@code environment}, {@code file},
     * {@code default}; {@code caution} for a mode that could not be read.
     */
    public String sourceOf(Option<?> option) {
        return sources.getOrDefault(option.key(), "default");
    }
}
