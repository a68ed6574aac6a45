package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.SqlTrouble;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the server behind a pool said when it was asked last, as long as that is fresh enough to count. */
final class ServerWord {

    /** It is asked about a jam every ten seconds. */
    private static final int VALID_ROUNDS = 12;
    private static final String RING = "each other";
    private static final String UNSEEN = "one that was not seen";

    /** What a fresh connection told. */
    private record Word(Signal fresh, List<Signal> locks) {
    }

    /** Lock waits inside the database, and who is at the head of them. */
    record Locks(long sessions, String head) {
    }

    private final History<String, Word> words = History.unbroken(VALID_ROUNDS);
    /** A round may end between the two kinds of rows of one talk; locks come first. */
    private final History<String, List<Signal>> early = History.unbroken();

    void open(Round round) {
        words.open(round);
        early.open(round);
        Map<String, List<Signal>> locks = Rows.byResource(round, Signal.LOCK_WAIT);
        Map<String, Signal> fresh = new HashMap<>();
        round.of(Signal.FRESH_CONNECTION).forEach(row -> fresh.put(row.text("resource"), row));
        locks.forEach((resource, rows) -> early.put(resource, Stream.concat(
                early.get(resource) == null ? Stream.of() : early.get(resource).stream(), rows.stream()).toList()));
        fresh.forEach((resource, row) -> {
            words.put(resource, new Word(row, early.get(resource) == null ? List.of() : early.get(resource)));
            early.forget(resource);
        });
    }

    boolean wasReached(String resource) {
        Word word = words.get(resource);
        return word != null && word.fresh().text("outcome").equals("OK");
    }

    /** A fresh connection failed, and not because the server has none to spare. */
    boolean isUnreachable(String resource) {
        return failed(resource).filter(error -> !SqlTrouble.saysFull(error)).isPresent();
    }

    boolean isFull(String resource) {
        return failed(resource).filter(SqlTrouble::saysFull).isPresent();
    }

    /** SQLState or exception of a fresh connection that failed. */
    Optional<String> failed(String resource) {
        Word word = words.get(resource);
        return word == null || word.fresh().text("outcome").equals("OK") ? Optional.empty()
                : Optional.of(word.fresh().text("error"));
    }

    /** Sessions of these holders that wait for a lock; of any of the pool where the driver does not tell whose they are. */
    Locks locks(String resource, List<Holder> holders) {
        Word word = words.get(resource);
        Map<Long, Holder> byLease = holders.stream()
                .collect(Collectors.toMap(Holder::leaseId, holder -> holder, (one, same) -> one));
        List<Signal> rows = word == null ? List.of() : word.locks().stream()
                .filter(row -> row.number("leaseId") < 0 || byLease.containsKey(row.number("leaseId"))).toList();
        long sessions = rows.stream().map(row -> row.number("session")).distinct().count();
        Map<Long, Set<Long>> reach = reach(word == null ? List.of() : word.locks());
        Map<Long, Long> victims = rows.stream().map(row -> row.number("session")).distinct()
                .flatMap(session -> reach.get(session).stream()).collect(Collectors.groupingBy(one -> one, Collectors.counting()));
        Optional<Signal> head = word == null ? Optional.empty() : word.locks().stream().filter(row -> !row.flag("blockerWaits"))
                .filter(row -> victims.containsKey(row.number("blocker")))
                .max(Comparator.comparingLong((Signal row) -> victims.get(row.number("blocker")))
                        .thenComparing(row -> -row.number("blocker")));
        boolean ring = victims.keySet().stream().anyMatch(session -> reach.getOrDefault(session, Set.of()).contains(session));
        return new Locks(sessions, head.map(row -> text(row, byLease)).orElse(ring ? RING : UNSEEN));
    }

    /** Whom each session waits for, directly and through others. */
    private static Map<Long, Set<Long>> reach(List<Signal> locks) {
        Map<Long, Set<Long>> blockers = new HashMap<>();
        locks.forEach(row -> blockers.computeIfAbsent(row.number("session"), key -> new HashSet<>()).add(row.number("blocker")));
        Map<Long, Set<Long>> reach = new HashMap<>();
        for (Long session : blockers.keySet()) {
            Set<Long> reached = new HashSet<>();
            Deque<Long> next = new ArrayDeque<>(blockers.get(session));
            while (!next.isEmpty()) {
                Long one = next.remove();
                if (reached.add(one)) {
                    next.addAll(blockers.getOrDefault(one, Set.of()));
                }
            }
            reach.put(session, reached);
        }
        return reach;
    }

    private static String text(Signal row, Map<Long, Holder> byLease) {
        Holder holder = byLease.get(row.number("blockerLeaseId"));
        String name = row.text("blockerName");
        return "session " + row.number("blocker") + (name.isEmpty() ? "" : " (" + name + ")")
                + (row.number("blockerFor") < 0 ? "" : ", in a transaction since " + Phrases.duration(row.number("blockerFor")))
                + (holder == null ? "" : ", which is of this pool: " + holder.line());
    }
}
