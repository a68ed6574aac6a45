package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds pools in which borrowers wait although there is room, because what makes connections is dead, hangs, or has lost
 * the demand. {@code CERTAIN}: what makes them has ended while the pool has not; or for the time of
 * {@code creator.suspect-after} no connection came and no attempt failed, while fresh connections beside the pool worked
 * again and again. A server that is merely slow or down is slow or down for the fresh connection too.
 */
public final class PoolCreatorDetector implements Detector {

    private static final int DEAD_ROUNDS = 3;
    private static final int FRESH_CONNECTIONS = 2;
    /** Nobody is even trying: that needs no patience with a slow connect. */
    private static final long IDLE_MILLIS = 5_000;

    /** @param fresh connections that were opened beside the pool since then */
    private record Want(long sinceMillis, long total, long failed, long borrows, String thread, int rounds, int fresh) {
    }

    private final long suspectAfter;
    private final History<String, Want> wants = History.unbroken();

    public PoolCreatorDetector(MedicConfig config) {
        this.suspectAfter = config.get(Options.CREATOR_SUSPECT_AFTER).toMillis();
    }

    @Override
    public String name() {
        return "pool-creator";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.FRESH_CONNECTION);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        wants.open(round);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.POOL)) {
            String resource = pool.text("resource");
            if (!pool.flag("creatorWanted") || pool.number("waiting") <= 0) {
                wants.forget(resource);
                continue;
            }
            int opened = (int) round.of(Signal.FRESH_CONNECTION, pool.resource()).stream()
                    .filter(row -> row.text("outcome").equals("OK")).count();
            Want want = want(pool, round.millis(), opened);
            wants.put(resource, want);
            judge(pool, want, round.millis() - want.sinceMillis(), findings);
        }
        return findings;
    }

    private Want want(Signal pool, long now, int opened) {
        Want before = wants.get(pool.text("resource"));
        boolean same = before != null && before.total() == pool.number("total")
                && before.failed() == pool.number("failedConnects") && before.borrows() == pool.number("borrows")
                && before.thread().equals(pool.text("creatorThread"));
        return same ? new Want(before.sinceMillis(), before.total(), before.failed(), before.borrows(), before.thread(),
                        before.rounds() + 1, before.fresh() + opened)
                : new Want(now, pool.number("total"), pool.number("failedConnects"), pool.number("borrows"),
                        pool.text("creatorThread"), 1, 0);
    }

    private void judge(Signal pool, Want want, long millis, List<Finding> findings) {
        if (pool.flag("creatorDead")) {
            if (want.rounds() >= DEAD_ROUNDS) {
                findings.add(finding(pool, want, Confidence.CERTAIN, "what makes its connections has ended",
                        "what makes connections for the pool has ended while the pool is open, and borrowers wait"));
            }
            return;
        }
        boolean idle = want.thread().isEmpty();
        if (millis < (idle ? IDLE_MILLIS : suspectAfter)) {
            return;
        }
        boolean proven = want.fresh() >= FRESH_CONNECTIONS;
        String what = idle ? "nothing makes the connection it wants"
                : want.thread() + " hangs while it makes a connection";
        findings.add(finding(pool, want, proven ? Confidence.CERTAIN : Confidence.SUSPECTED, what,
                "for " + Phrases.duration(millis) + " borrowers wait beside free room, no connection came and no attempt"
                        + " failed" + (idle ? ", and nothing is trying" : "") + (proven ? ", while "
                        + Phrases.count(want.fresh(), "fresh connection") + " to the same service worked" : "")));
    }

    private Finding finding(Signal pool, Want want, Confidence confidence, String what, String proof) {
        String resource = pool.text("resource");
        return new Finding(name(), Fault.POOL_CREATOR, pool.resource(), confidence,
                resource + ": " + what + "; " + pool.number("total") + " of " + pool.number("max") + " there, "
                        + pool.number("waiting") + " waiting",
                want.thread().isEmpty() ? what : want.thread() + " at " + Phrases.site(pool.text("creatorDoing")),
                Phrases.count(pool.number("waiting"), "thread") + " waiting",
                "Set a connect timeout and a login timeout in the driver, and update the pool.",
                new Evidence(proof, List.of(), List.of(), List.of(),
                        Map.of("total", pool.number("total"), "max", pool.number("max"), "active", pool.number("active"),
                                "waiting", pool.number("waiting"), "fresh", (long) want.fresh())));
    }
}
