package io.jvmmedic.core.config;

import java.util.function.Function;

/**
 * One configuration key: the same in agent arguments, as system property {@code jvmmedic.<key>}, as environment variable
 * {@code JVMMEDIC_<KEY>} and in the file.
 *
 * @param key lower case, words by {@code -}, groups by {@code .}
 * @param defaultText the default as a user would write it
 * @param description one sentence for the configuration table
 * @param parser throws {@code IllegalArgumentException} with what would be right
 */
public record Option<T>(String key, String defaultText, String description, Function<String, T> parser) {
}
