package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds leased HTTP connections that will not come back, usually because a response was not closed.
 *
 * <p>{@code CERTAIN}: the garbage collector found the response unreachable while its connection is leased.
 * {@code SUSPECTED}: leased for long, the work that sent the request over, requests waiting for the route, for
 * {@value #CONFIRM_ROUNDS} rounds. A long poll or a stream is not suspected: somebody reads it.
 */
public final class LeakedResponseDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 3;
    private static final long SUSPECT_MILLIS = 30_000;

    private record Lease(String resource, long id) {
    }

    private final long suspectAfter;
    private final Globs longLived;
    private final History<Lease, Integer> suspicions = History.unbroken();

    public LeakedResponseDetector(MedicConfig config) {
        this.suspectAfter = Math.max(SUSPECT_MILLIS, config.get(Options.LEAK_SUSPECT_AFTER).toMillis());
        this.longLived = Globs.of(config.get(Options.LONG_LIVED));
    }

    @Override
    public String name() {
        return "leaked-response";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.HTTP_POOL, Signal.HELD_RESPONSE);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        suspicions.open(round);
        Map<String, List<Signal>> rows = Rows.byResource(round, Signal.HELD_RESPONSE);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.HTTP_POOL)) {
            String resource = pool.text("resource");
            List<Signal> own = rows.getOrDefault(resource, List.of()).stream()
                    .filter(row -> !longLived.matches(resource) && !longLived.matches(row.text("site"))).toList();
            List<Holder> proven = Rows.holders(own).stream().filter(Holder::isProvenLeak).toList();
            // More leases out than the client itself counts: one of the two is wrong, and a proof must not rest on it.
            if (!proven.isEmpty() && proven.size() <= pool.number("leased")) {
                findings.add(proven(pool, proven));
            }
            List<Holder> confirmed = confirmed(pool, resource, own);
            if (!confirmed.isEmpty()) {
                findings.add(suspected(pool, confirmed));
            }
        }
        return findings;
    }

    private List<Holder> confirmed(Signal pool, String resource, List<Signal> rows) {
        List<Holder> confirmed = new ArrayList<>();
        for (Signal row : rows) {
            Holder holder = Holder.of(row);
            boolean suspect = HttpRoute.of(pool).isFull() && HttpRoute.of(pool).concerns(row)
                    && !holder.unreachable() && holder.isUnattended()
                    && suspicions.watched(holder.heldFor()) > suspectAfter;
            Lease lease = new Lease(resource, holder.leaseId());
            Integer before = suspicions.get(lease);
            int rounds = !suspect ? 0 : before == null ? 1 : before + 1;
            suspicions.put(lease, rounds);
            if (rounds >= CONFIRM_ROUNDS) {
                confirmed.add(holder);
            }
        }
        return confirmed;
    }

    private Finding proven(Signal pool, List<Holder> leaked) {
        return finding(pool, Confidence.CERTAIN, leaked,
                Phrases.count(leaked.size(), "response") + " leaked, nobody can close "
                        + (leaked.size() == 1 ? "it" : "them"),
                "the garbage collector found the responses of " + Phrases.count(leaked.size(), "lease")
                        + " unreachable while their connections are leased",
                "leaked: ");
    }

    private Finding suspected(Signal pool, List<Holder> suspects) {
        long held = suspects.stream().mapToLong(Holder::heldFor).min().orElse(0);
        long dead = suspects.stream().filter(holder -> holder.activity() == Activity.ENDED).count();
        return finding(pool, Confidence.SUSPECTED, suspects,
                Phrases.count(suspects.size(), "response") + " probably leaked, leased for at least "
                        + Phrases.duration(held),
                "leased for at least " + Phrases.duration(held) + " by work that is over"
                        + (dead == 0 ? "" : " (" + dead + " of the threads are dead)") + ", while requests wait for the route",
                "probably leaked: ");
    }

    private Finding finding(Signal pool, Confidence confidence, List<Holder> holders, String what, String proof,
            String causePrefix) {
        HttpRoute route = HttpRoute.of(pool);
        String resource = pool.text("resource");
        String site = Phrases.site(Rows.frequencies(holders, Holder::site).get(0).getKey());
        return new Finding(name(), Fault.HTTP_LEAK, ResourceId.parse(resource), confidence,
                resource + ": " + what + "; " + route.state(),
                causePrefix + Rows.bySite(holders, Holder::site),
                route.pending() > 0 ? Phrases.count(route.pending(), "request") + " waiting" : "",
                "Close the response on every path, with try-with-resources, or use a response handler, at " + site + ".",
                new Evidence(proof, Rows.facts(resource, holders.stream().map(Holder::line).toList()),
                        holders.stream().map(Holder::leaseId).toList(),
                        Rows.threads(holders.stream().map(Holder::threadId)),
                        Map.of("leaked", (long) holders.size(), "leased", route.leased(), "max", route.max(),
                                "pending", route.pending(), "suspectAfter", suspectAfter)));
    }
}
