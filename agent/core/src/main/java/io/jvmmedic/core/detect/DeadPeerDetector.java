package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds borrowers that wait for an answer which cannot come: their server is gone or the way to it swallows everything,
 * while a new connection to the same service works.
 *
 * <p>However long it takes, silence proves nothing: a report of 20 minutes is silent for 20 minutes. {@code CERTAIN} needs
 * the word of the server or of the network on that very session, twice in a row, with no use of it in between: what was
 * sent is never acknowledged; the server that is reached directly does not know its process; or it has answered and been
 * idle long since, and not a byte has arrived. A server that works on the statement ends the matter.
 *
 * <p>{@code SUSPECTED}: several sessions silent far beyond what their sites ever took, a fresh connection works, and nobody
 * can tell about any of them.
 */
public final class DeadPeerDetector implements Detector {

    private static final int PROVEN_LOOKS = 2;
    private static final int SEVERAL = 2;
    private static final int LEARNED_FACTOR = 4;
    /** Looks are some seconds apart; what was not seen for so many rounds starts again. */
    private static final int GAP_ROUNDS = 15;
    private static final int VALID_ROUNDS = 3;
    private static final Set<String> DEAD = Set.of("GONE", "ANSWERED", "UNREACHABLE");

    private record Lease(String resource, long id) {
    }

    /** @param looks how many in a row said that it is dead */
    private record Word(Signal row, int looks, long roundMillis) {
    }

    private final long suspectAfter;
    private final History<Lease, Word> words = History.unbroken(GAP_ROUNDS);
    private final History<String, Long> freshAt = History.unbroken(GAP_ROUNDS);

    public DeadPeerDetector(MedicConfig config) {
        this.suspectAfter = config.get(Options.DEAD_PEER_SUSPECT_AFTER).toMillis();
    }

    @Override
    public String name() {
        return "dead-peer";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.HELD_CONNECTION, Signal.FRESH_CONNECTION, Signal.SESSION_CHECK);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        words.open(round);
        freshAt.open(round);
        round.of(Signal.FRESH_CONNECTION).stream().filter(row -> row.text("outcome").equals("OK"))
                .forEach(row -> freshAt.put(row.text("resource"), round.millis()));
        round.of(Signal.SESSION_CHECK).stream().filter(row -> row.number("leaseId") >= 0)
                .forEach(row -> hear(row, round.millis()));
        Map<String, List<Signal>> rows = Rows.byResource(round, Signal.HELD_CONNECTION);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.POOL)) {
            String resource = pool.text("resource");
            Long fresh = freshAt.get(resource);
            if (fresh != null && round.millis() - fresh <= VALID_ROUNDS * 1_000L) {
                List<Holder> silent = Rows.holders(rows.getOrDefault(resource, List.of())).stream()
                        .filter(this::isSilent).toList();
                judge(pool, silent, findings);
            }
        }
        return findings;
    }

    private void hear(Signal row, long roundMillis) {
        Lease lease = new Lease(row.text("resource"), row.number("leaseId"));
        Word before = words.get(lease);
        boolean dead = DEAD.contains(row.text("verdict"));
        // A use in between makes it a new statement.
        boolean same = before != null && before.row().text("verdict").equals(row.text("verdict"))
                && row.number("silentFor") > before.row().number("silentFor");
        words.put(lease, new Word(row, !dead ? 0 : same ? before.looks() + 1 : 1, roundMillis));
    }

    private boolean isSilent(Holder holder) {
        // A virtual thread cannot be seen; the word on its session is that of the network or the server alone.
        boolean maybeInDriver = holder.activity() == Activity.JDBC
                || holder.threadId() < 0 && holder.activity() == Activity.UNKNOWN;
        return maybeInDriver && words.watched(holder.idleFor()) >= suspectAfter;
    }

    private static boolean isBeyondHabit(Holder holder) {
        return holder.typicalHold() < 0 || holder.idleFor() >= LEARNED_FACTOR * holder.typicalHold();
    }

    private void judge(Signal pool, List<Holder> silent, List<Finding> findings) {
        String resource = pool.text("resource");
        List<Holder> dead = new ArrayList<>();
        List<Holder> unknown = new ArrayList<>();
        List<String> proofs = new ArrayList<>();
        boolean alive = false;
        for (Holder holder : silent) {
            Word word = words.get(new Lease(resource, holder.leaseId()));
            if (word == null || holder.idleFor() < word.row().number("silentFor")) {
                continue;
            }
            alive |= word.row().text("verdict").equals("ALIVE");
            if (word.looks() >= PROVEN_LOOKS) {
                dead.add(holder);
                proofs.add(holder.line() + ": " + word.row().text("proof"));
            } else if (word.row().text("verdict").equals("UNKNOWN") && isBeyondHabit(holder)) {
                unknown.add(holder);
            }
        }
        if (!dead.isEmpty()) {
            findings.add(finding(pool, Confidence.CERTAIN, dead, proofs,
                    Phrases.count(dead.size(), "session") + " dead, the borrower waits for an answer that cannot come",
                    "a fresh connection works, and " + words.get(new Lease(resource, dead.get(0).leaseId())).row().text("proof")
                            + ", twice in a row"));
        } else if (unknown.size() >= SEVERAL && !alive) {
            findings.add(finding(pool, Confidence.SUSPECTED, unknown, unknown.stream().map(Holder::line).toList(),
                    Phrases.count(unknown.size(), "session") + " silent for long while a new connection works",
                    "a fresh connection works, and neither the network nor the server tell anything about the "
                            + Phrases.count(unknown.size(), "silent session")));
        }
    }

    private Finding finding(Signal pool, Confidence confidence, List<Holder> holders, List<String> facts, String what,
            String proof) {
        String resource = pool.text("resource");
        long silence = holders.stream().mapToLong(Holder::idleFor).min().orElse(0);
        return new Finding(name(), Fault.DEAD_PEER, pool.resource(), confidence,
                resource + ": " + what + "; silent for at least " + Phrases.duration(silence),
                "in a statement: " + Rows.bySite(holders, Holder::site),
                pool.number("waiting") > 0 ? Phrases.count(pool.number("waiting"), "thread") + " waiting" : "",
                "Set a socket timeout and TCP keep-alive in the driver (socketTimeout, tcpKeepAlive=true).",
                new Evidence(proof, Rows.facts(resource, facts), holders.stream().map(Holder::leaseId).toList(),
                        Rows.threads(holders.stream().map(Holder::threadId)),
                        Map.of("dead", (long) holders.size(), "silentFor", silence, "active", pool.number("active"),
                                "max", pool.number("max"), "waiting", pool.number("waiting"))));
    }
}
