package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Arranges rows: by resource, by site, and cut to what a report can hold. */
final class Rows {

    /** Lines of evidence in one finding; a pool of 200 must not fill the recording each second. */
    private static final int MAX_FACTS = 50;
    private static final int MAX_THREADS = 64;
    private static final int MAX_SITES = 4;

    private Rows() {
    }

    /** Rows of one type by their resource, in order. */
    static Map<String, List<Signal>> byResource(Round round, String type) {
        return round.of(type).stream()
                .collect(Collectors.groupingBy(row -> row.text("resource"), LinkedHashMap::new, Collectors.toList()));
    }

    static List<Holder> holders(List<Signal> rows) {
        return rows.stream().map(Holder::of).toList();
    }

    /** The application frame of a row; empty when it shows a frame of the JDK or a framework, for want of one. */
    static String site(Signal row) {
        return applicationSite(row.text("site"));
    }

    /** The same of a frame as text. */
    static String applicationSite(String site) {
        return Phrases.isApplicationSite(site) ? site : "";
    }

    /** The first lines, and how many more there are. */
    static List<String> facts(String resource, Collection<String> lines) {
        List<String> facts = new ArrayList<>();
        lines.stream().limit(MAX_FACTS).forEach(line -> facts.add(resource + ": " + line));
        if (lines.size() > MAX_FACTS) {
            facts.add(resource + ": and " + (lines.size() - MAX_FACTS) + " more");
        }
        return facts;
    }

    /** Platform threads only: nobody can look up a virtual one, whose id is negative. */
    static List<Long> threads(Stream<Long> ids) {
        return ids.filter(id -> id > 0).distinct().limit(MAX_THREADS).toList();
    }

    /** {@code 5 at OrderExport.run:88, 2 at Report.write:12 and 3 at 2 other sites}; the most frequent first. */
    static <T> String bySite(Collection<T> rows, Function<T, String> site) {
        List<Map.Entry<String, Long>> sites = frequencies(rows, site);
        String text = sites.stream().limit(MAX_SITES)
                .map(entry -> entry.getValue() + " at " + Phrases.site(entry.getKey())).collect(Collectors.joining(", "));
        if (sites.size() <= MAX_SITES) {
            return text;
        }
        long rest = sites.stream().skip(MAX_SITES).mapToLong(Map.Entry::getValue).sum();
        return text + " and " + rest + " at " + Phrases.count(sites.size() - MAX_SITES, "other site");
    }

    /** Time since the last collection of the whole heap, ms; -1 if none is known. */
    static long sinceFullGc(Round round) {
        return round.of(Signal.MEMORY).stream().mapToLong(row -> row.number("sinceFullGc")).findFirst().orElse(-1);
    }

    /**
     * Slots of a pool after which each of these threads that waits for it can go on: one each, and one for each stranger who
     * has waited longer and is served first. One slot opens the circle, if it does not go to such a stranger.
     */
    static long neededSlots(List<Signal> waiters, Set<Long> threads) {
        List<Signal> own = waiters.stream().filter(row -> threads.contains(row.number("threadId"))).toList();
        long longest = own.stream().mapToLong(row -> row.number("waitedFor")).max().orElse(0);
        long ahead = waiters.stream().filter(row -> !own.contains(row) && row.number("waitedFor") > longest).count();
        return Math.max(1, own.size() + ahead);
    }

    /** How often each text occurs, the most frequent first, equals in alphabetical order. */
    static <T> List<Map.Entry<String, Long>> frequencies(Collection<T> rows, Function<T, String> text) {
        return rows.stream().collect(Collectors.groupingBy(text, Collectors.counting())).entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }

    /** {@code 37 threads waiting from 8 sites, the longest for 12 s}; {@code waiting} is the pool's own count, rows may be fewer. */
    static String victims(long waiting, List<Signal> waiters) {
        String text = Phrases.count(waiting, "thread") + " waiting";
        if (waiters.isEmpty()) {
            return text;
        }
        long sites = waiters.stream().map(Rows::site).distinct().count();
        long longest = waiters.stream().mapToLong(row -> row.number("waitedFor")).max().orElse(0);
        return text + " from " + Phrases.count(sites, "site") + ", the longest for " + Phrases.duration(longest);
    }
}
