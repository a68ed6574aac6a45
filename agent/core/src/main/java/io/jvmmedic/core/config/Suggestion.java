package io.jvmmedic.core.config;

import java.util.Locale;
import java.util.Optional;

/** Finds the key somebody meant. */
final class Suggestion {

    /** Letters that may differ, for every three of the key. */
    private static final int LETTERS_PER_TYPO = 3;

    private Suggestion() {
    }

    /** The key nearest to what was typed, if one is near. */
    static Optional<String> nearest(String typed) {
        String wanted = letters(typed);
        String nearest = null;
        int best = Integer.MAX_VALUE;
        for (Option<?> option : Options.all()) {
            String key = letters(option.key());
            int distance = distance(wanted, key);
            if (distance < best && distance <= Math.max(1, key.length() / LETTERS_PER_TYPO)) {
                best = distance;
                nearest = option.key();
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** {@code startupGrace}, {@code startup.grace} and {@code STARTUP_GRACE} are one key to a hurried person. */
    private static String letters(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Levenshtein distance with swapped neighbours counted once. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
