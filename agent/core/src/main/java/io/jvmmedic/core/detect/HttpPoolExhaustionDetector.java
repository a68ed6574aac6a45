package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds an HTTP client whose connections, of one route or of all, are leased while requests wait, and tells why.
 * {@code SUSPECTED} at most, once most leases stayed the same for {@value #CONFIRM_ROUNDS} rounds and the requests
 * waiting did not become fewer, and most of them are given up, blocked, or out for {@value #HABIT_FACTOR} times as long as
 * is the habit of their site, {@value #UNLEARNED_MILLIS} ms while that has none; {@code HINT} while connections still turn
 * over, and before: a long poll is answered within a minute, since proxies do not wait for longer.
 */
public final class HttpPoolExhaustionDetector implements Detector {

    private static final int CONFIRM_ROUNDS = 3;
    private static final long LEFT_BEHIND_MILLIS = 30_000;
    private static final int HABIT_FACTOR = 4;
    private static final long UNLEARNED_MILLIS = 90_000;

    /** @param lasting leases that have been out since the pressure began, as far as remembered */
    private record Pressure(String route, int rounds, long firstPending, Set<Long> lasting) {
    }

    private final History<String, Pressure> pressures = History.unbroken();

    public HttpPoolExhaustionDetector(MedicConfig config) {
        // Nothing to configure: no learned hold times here. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "http-pool-exhaustion";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.HTTP_POOL, Signal.HELD_RESPONSE);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        pressures.open(round);
        Map<String, List<Signal>> rows = Rows.byResource(round, Signal.HELD_RESPONSE);
        List<Finding> findings = new ArrayList<>();
        for (Signal pool : round.of(Signal.HTTP_POOL)) {
            String resource = pool.text("resource");
            HttpRoute route = HttpRoute.of(pool);
            if (!route.isFull()) {
                pressures.forget(resource);
                continue;
            }
            List<Holder> holders = Rows.holders(
                    rows.getOrDefault(resource, List.of()).stream().filter(route::concerns).toList());
            Pressure pressure = pressure(resource, route, holders);
            pressures.put(resource, pressure);
            if (pressure.rounds() >= CONFIRM_ROUNDS) {
                boolean stuck = unusual(pressure, holders) * 2 > route.max() && route.pending() >= pressure.firstPending();
                findings.add(finding(resource, route, stuck ? Confidence.SUSPECTED : Confidence.HINT, pressure, holders));
            }
        }
        return findings;
    }

    /** Of the leases that are out since the pressure began, those that are not what their site does for a living. */
    private long unusual(Pressure pressure, List<Holder> holders) {
        return holders.stream().filter(holder -> pressure.lasting().contains(holder.leaseId())).filter(this::isUnusual).count();
    }

    private boolean isUnusual(Holder holder) {
        return switch (cause(holder)) {
            case LEAK, BLOCKED_ON_LOCK -> true;
            default -> pressures.watched(holder.heldFor())
                    > (holder.calmHold() < 0 ? UNLEARNED_MILLIS : HABIT_FACTOR * holder.calmHold());
        };
    }

    private Pressure pressure(String resource, HttpRoute route, List<Holder> holders) {
        Set<Long> leases = holders.stream().map(Holder::leaseId).collect(Collectors.toSet());
        Pressure before = pressures.get(resource);
        if (before == null || !before.route().equals(route.name())) {
            return new Pressure(route.name(), 1, route.pending(), leases);
        }
        Set<Long> lasting = new HashSet<>(before.lasting());
        lasting.retainAll(leases);
        return new Pressure(route.name(), before.rounds() + 1, before.firstPending(), lasting);
    }

    private Finding finding(String resource, HttpRoute route, Confidence confidence, Pressure pressure,
            List<Holder> holders) {
        Blame blame = Blame.on(holders, (int) route.leased(), HttpPoolExhaustionDetector::cause);
        return new Finding(name(), Fault.HTTP_POOL_EXHAUSTION, ResourceId.parse(resource), confidence,
                resource + ": exhausted, " + route.state() + "; connections are " + blame.verdict().words(),
                blame.sentence(" (not reading the response)"),
                Phrases.count(route.pending(), "request") + " waiting", advice(blame.verdict()),
                new Evidence("all " + route.max() + " connections leased and requests waiting for "
                        + Phrases.count(pressure.rounds(), "round") + ", " + pressure.lasting().size()
                        + " leases the same all the time; verdict " + blame.verdict(),
                        Rows.facts(resource, holders.stream().map(Holder::line).toList()), List.of(),
                        Rows.threads(holders.stream().map(Holder::threadId)),
                        Map.of("leased", route.leased(), "max", route.max(), "pending", route.pending(),
                                "lasting", (long) pressure.lasting().size(), "medianHeld", blame.medianHeld(),
                                blame.verdict().measure(), (long) blame.culprits().size())));
    }

    private static ExhaustionCause cause(Holder holder) {
        if (holder.isProvenLeak() || holder.isUnattended() && holder.heldFor() > LEFT_BEHIND_MILLIS) {
            return ExhaustionCause.LEAK;
        }
        return switch (holder.activity()) {
            case IO -> ExhaustionCause.SLOW_PEER;
            case JDBC, WAITING_FOR_POOL, PARKED, SLEEPING, RUNNING -> ExhaustionCause.HELD_ACROSS_IO;
            case BLOCKED -> ExhaustionCause.BLOCKED_ON_LOCK;
            case ENDED, UNKNOWN -> ExhaustionCause.UNKNOWN;
        };
    }

    private static String advice(ExhaustionCause cause) {
        return switch (cause) {
            case LEAK -> "Close the response on every path, with try-with-resources, at the sites named.";
            case SLOW_PEER -> "Set a response timeout for this route; more connections only move the limit.";
            case HELD_ACROSS_IO -> "Read and close the response before doing anything else.";
            case BLOCKED_ON_LOCK -> "Do not wait for a lock while a response is open; find who holds the lock.";
            default -> "Look at the holders listed.";
        };
    }
}
