package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.util.Phrases;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a deadlock is known by: the places at which its threads took their locks. Normalized: neither the order in which the
 * threads came counts nor how many of them were at one place. Three threads that lock each other out at one line are the
 * same mistake as two, and with a gate that lets in two of them the two would meet.
 *
 * @param recorded when, ISO 8601
 * @param positions in a fixed order, the same place several times where it was reached by several callers; one place alone
 *     for threads that meet at the same place. Empty for a cycle of class initializations
 * @param initialize binary names of classes to be initialized in this order, by one thread; empty for a cycle of locks
 */
record Signature(String recorded, List<Position> positions, List<String> initialize) {

    static final int MAX_THREADS = 16;
    private static final int ID_LENGTH = 12;

    Signature {
        positions = positions.stream().distinct().sorted(Comparator.comparing(Position::key)
                .thenComparing(position -> position.caller().map(Place::key).orElse(""))).toList();
        initialize = initialize.stream().sorted().toList();
    }

    /**
     * Those of a cycle of locks: of each part of it that closes by itself, since the thread at the place where it began
     * again could as well be the one that began it.
     *
     * @param cycle each thread wants the lock that the next took there, the last that of the first
     */
    static List<Signature> of(String recorded, List<Position> cycle) {
        List<List<String>> closed = new ArrayList<>();
        List<String> path = new ArrayList<>();
        for (Position position : cycle) {
            int before = path.indexOf(position.key());
            if (before < 0) {
                path.add(position.key());
            } else {
                closed.add(List.copyOf(path.subList(before, path.size())));
                path.subList(before + 1, path.size()).clear();
            }
        }
        closed.add(path);
        Map<String, Signature> all = new LinkedHashMap<>();
        for (List<String> places : closed) {
            Signature each = new Signature(recorded,
                    cycle.stream().filter(position -> places.contains(position.key())).toList(), List.of());
            all.put(each.id(), each);
        }
        return List.copyOf(all.values());
    }

    /** The same for the same deadlock, in any instance of the same build. */
    String id() {
        String text = String.join("\n", places().keySet())
                + initialize.stream().map(type -> "\n" + type).collect(Collectors.joining());
        return Digest.of(text).substring(0, ID_LENGTH);
    }

    /** The different places, in a fixed order, with how each was reached. */
    Map<String, List<Position>> places() {
        return positions.stream().collect(Collectors.groupingBy(Position::key, LinkedHashMap::new, Collectors.toList()));
    }

    /** How many threads at each place make a deadlock. */
    int[] threads() {
        int[] threads = new int[places().size()];
        Arrays.fill(threads, threads.length == 1 ? 2 : 1);
        return threads;
    }

    String text() {
        if (positions.isEmpty()) {
            return "initialization of " + initialize.stream().map(Phrases::type).collect(Collectors.joining(", "));
        }
        String places = places().values().stream().map(reached -> reached.get(0).text()).collect(Collectors.joining(" / "));
        return places().size() == 1 ? places + " against itself" : places;
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
