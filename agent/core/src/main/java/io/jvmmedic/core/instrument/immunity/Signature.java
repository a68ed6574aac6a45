package io.jvmmedic.core.instrument.immunity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a deadlock is known by: one position per thread. Normalised: the order in which the threads came does not count,
 * and positions that are the same place are one place with a number, so that a cycle through one line in two threads is
 * not taken for a cycle through two.
 *
 * @param recorded when, ISO 8601
 * @param positions one per thread of the cycle, in a fixed order; the same place several times where several threads were
 *     there. Empty for a cycle of class initializations
 * @param initialize binary names of classes to be initialized in this order, by one thread; empty for a cycle of locks
 */
record Signature(String recorded, List<Position> positions, List<String> initialize) {

    static final int MAX_THREADS = 16;
    private static final int ID_LENGTH = 12;

    Signature {
        positions = positions.stream().sorted(Comparator.comparing(Position::key)).toList();
        initialize = initialize.stream().sorted().toList();
    }

    /** The same for the same deadlock, in any instance of the same build. */
    String id() {
        String text = positions.stream().map(Position::key).collect(Collectors.joining("\n"))
                + initialize.stream().map(type -> "\n" + type).collect(Collectors.joining());
        return Digest.of(text).substring(0, ID_LENGTH);
    }

    /** How many threads of the cycle were at each place, in a fixed order. */
    Map<String, List<Position>> places() {
        return positions.stream().collect(Collectors.groupingBy(Position::key, LinkedHashMap::new, Collectors.toList()));
    }

    String text() {
        return positions.isEmpty() ? "initialization of " + String.join(", ", initialize)
                : positions.stream().map(Position::text).collect(Collectors.joining(" / "));
    }

    /** Hashes of texts. */
    static final class Digest {

        private Digest() {
        }

        static String of(String text) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
