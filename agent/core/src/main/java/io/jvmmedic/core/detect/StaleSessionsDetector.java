package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.SqlErrors;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds pools whose sessions were left behind by a failover: their server is gone, or takes no writes any more, while a
 * new connection reaches one that works.
 *
 * <p>Bursts of errors are the reason to look, never the proof. {@code CERTAIN} for lost sessions: a fresh connection works,
 * and idle sessions of the pool are found closed by their server, or unknown to it. {@code CERTAIN} for read-only ones: of
 * a fresh session and one from the pool, asked the same question within a moment, the first takes writes and the second
 * does not. An application that writes in its own read-only transactions has the same errors; its sessions answer alike.
 *
 * <p>{@code SUSPECTED} where the fresh connection works and nobody could be asked about the old ones. While no connection
 * can be had, evicting would leave the pool with nothing: {@code HINT}.
 */
public final class StaleSessionsDetector implements Detector {

    private static final int READ_ONLY_ERRORS = 3;
    /** An answer describes its moment; the next one is no further away than this. */
    private static final int VALID_ROUNDS = 3;
    private static final String OK = "OK";
    private static final String READ_ONLY = "READ_ONLY";
    private static final String WRITABLE = "WRITABLE";
    private static final Set<String> DEAD = Set.of("CLOSED", "GONE", "UNREACHABLE");

    /** What was said last. */
    private record Answer(Signal fresh, List<Signal> dead, long alive, long unknown, int age) {
    }

    private final Bursts bursts = new Bursts();
    private final History<String, Answer> answers = History.unbroken();

    public StaleSessionsDetector(MedicConfig config) {
        // The thresholds only decide when to look; the proof does not depend on them.
    }

    @Override
    public String name() {
        return "stale-sessions";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.FRESH_CONNECTION, Signal.SESSION_CHECK);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        bursts.open(round);
        answers.open(round);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.POOL)) {
            Bursts.Burst burst = bursts.of(pool);
            Answer answer = answer(round, pool);
            if (burst.readOnly() >= READ_ONLY_ERRORS) {
                if (burst.lastReadOnly() == 0) {
                    // It was, but is no more: the sessions may have been replaced meanwhile.
                    continue;
                }
                findings.add(readOnly(pool, burst, answer));
            } else if (SqlErrors.isBurst(burst.lost(), burst.sessions())) {
                findings.add(lost(pool, burst, answer));
            }
        }
        return findings;
    }

    private Answer answer(Round round, Signal pool) {
        String resource = pool.text("resource");
        Answer known = answers.get(resource);
        Answer now = known == null || known.age() >= VALID_ROUNDS ? null
                : new Answer(known.fresh(), known.dead(), known.alive(), known.unknown(), known.age() + 1);
        for (Signal fresh : round.of(Signal.FRESH_CONNECTION, pool.resource())) {
            List<Signal> idle = round.of(Signal.SESSION_CHECK, pool.resource()).stream()
                    .filter(row -> row.number("leaseId") < 0).toList();
            now = new Answer(fresh, idle.stream().filter(row -> DEAD.contains(row.text("verdict"))).toList(),
                    idle.stream().filter(row -> row.text("verdict").equals("ALIVE")).count(),
                    idle.stream().filter(row -> row.text("verdict").equals("UNKNOWN")).count(), 0);
        }
        if (now != null) {
            answers.put(resource, now);
        }
        return now;
    }

    private Finding readOnly(Signal pool, Bursts.Burst burst, Answer answer) {
        String errors = Phrases.count(burst.readOnly(), "write") + " refused as read-only within "
                + Bursts.WINDOW_ROUNDS + " s";
        if (answer == null || !answer.fresh().text("outcome").equals(OK)) {
            return finding(pool, Confidence.HINT, errors, errors + "; no fresh connection could be asked", answer);
        }
        String role = answer.fresh().text("role");
        String pooled = answer.fresh().text("pooledRole");
        if (role.equals(WRITABLE) && pooled.equals(READ_ONLY)) {
            return finding(pool, Confidence.CERTAIN, errors + ", its sessions are with a server that takes none",
                    errors + "; asked the same, a fresh connection takes writes and one from the pool does not", answer);
        }
        if (role.equals(WRITABLE) && !pooled.equals(WRITABLE)) {
            return finding(pool, Confidence.SUSPECTED, errors + ", a new connection takes them",
                    errors + "; a fresh connection takes writes, but none of the pool could be asked", answer);
        }
        return finding(pool, Confidence.HINT, errors, errors + (role.equals(WRITABLE)
                ? "; the pool's sessions take writes: the application writes in read-only transactions"
                : "; a fresh connection does not take writes either"), answer);
    }

    private Finding lost(Signal pool, Bursts.Burst burst, Answer answer) {
        String errors = Phrases.count(burst.lost(), "error") + " that end a session within " + Bursts.WINDOW_ROUNDS + " s, "
                + Phrases.count(burst.sessions(), "session") + " lost";
        if (answer == null || !answer.fresh().text("outcome").equals(OK)) {
            return finding(pool, Confidence.HINT, errors, errors + "; no fresh connection could be had"
                    + (answer == null ? "" : ": " + answer.fresh().text("error")), answer);
        }
        if (!answer.dead().isEmpty()) {
            String dead = Phrases.count(answer.dead().size(), "idle session");
            return finding(pool, Confidence.CERTAIN, errors + ", " + dead + " dead as well",
                    errors + "; a fresh connection works, and of " + dead + ": " + answer.dead().get(0).text("proof"), answer);
        }
        boolean unknown = answer.alive() == 0 && answer.unknown() > 0;
        return finding(pool, unknown ? Confidence.SUSPECTED : Confidence.HINT, errors,
                errors + "; a fresh connection works, " + (unknown ? "nothing is known of the idle sessions"
                        : "no idle session was found dead"), answer);
    }

    private Finding finding(Signal pool, Confidence confidence, String what, String proof, Answer answer) {
        String resource = pool.text("resource");
        List<String> facts = answer == null ? List.of() : answer.dead().stream().map(row -> row.text("proof")).toList();
        return new Finding(name(), Fault.STALE_SESSIONS, pool.resource(), confidence, resource + ": " + what,
                "the server behind the pool changed or ended sessions, last error " + pool.text("lastError"),
                pool.number("waiting") > 0 ? Phrases.count(pool.number("waiting"), "thread") + " waiting" : "",
                "Let the driver choose the server (targetServerType=primary, failover URLs), keep maxLifetime short, and"
                        + " lower the DNS cache time of the JVM.",
                new Evidence(proof, Rows.facts(resource, facts), List.of(), List.of(),
                        Map.of("softEvict", 1L, "asOf", answer == null ? 0 : answer.fresh().millis(),
                                "dead", answer == null ? 0 : (long) answer.dead().size(),
                                "active", pool.number("active"), "max", pool.number("max"))));
    }
}
