package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.SqlTrouble;
import io.jvmmedic.core.util.Activity;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds a pool whose slots are all out while borrowers wait, or that has none to give although there is room, and tells
 * the cause from the victims. {@code SUSPECTED} at most: holders are alive and their work is real, so no repair may take a
 * connection from them on this finding, and it names no lease.
 *
 * <p>A full pool with waiters is not yet a fault: a burst that drains is what a pool is for. It becomes one when slots
 * stop turning over while the waiters get older, when more arrive than leave, or when waits end without a slot.
 */
public final class PoolExhaustionDetector implements Detector {

    private static final int STUCK_ROUNDS = 3;
    /** Without a list of waiters (they began to wait before a hot attach) their age is unknown, so it takes longer. */
    private static final int STUCK_ROUNDS_UNSEEN = 5;
    private static final int SLOW_ROUNDS = 4;
    /** A pool that has room makes connections, which may take a while. */
    private static final int DRY_ROUNDS = 5;
    private static final int OVERLOAD_ROUNDS = Pressure.ROUNDS;
    private static final long OVERLOAD_WAIT_MILLIS = 5_000;
    private static final String NOT_JDBC = " (not in JDBC)";

    private final Globs longLived;
    private final HoldLimit limit;
    private final History<String, Pressure> pressures = History.unbroken();
    private final Demand demand = new Demand();
    private final ServerWord server = new ServerWord();

    public PoolExhaustionDetector(MedicConfig config) {
        this.longLived = Globs.of(config.get(Options.LONG_LIVED));
        this.limit = new HoldLimit(config.get(Options.LEAK_SUSPECT_AFTER).toMillis());
    }

    @Override
    public String name() {
        return "pool-exhaustion";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.POOL, Signal.HELD_CONNECTION, Signal.WAITING_BORROWER);
    }

    /** One pool with waiters in one round. */
    private record Pool(Signal sample, Pressure pressure, List<Holder> holders, List<Signal> waiters, List<Signal> times) {

        String resource() {
            return sample.text("resource");
        }

        long slots() {
            return sample.number("max");
        }

    }

    @Override
    public List<Finding> evaluate(Round round) {
        pressures.open(round);
        demand.open(round);
        server.open(round);
        Map<String, List<Signal>> held = Rows.byResource(round, Signal.HELD_CONNECTION);
        Map<String, List<Signal>> waiters = Rows.byResource(round, Signal.WAITING_BORROWER);
        Map<String, List<Signal>> times = Rows.byResource(round, Signal.SLOT_TIME);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.POOL)) {
            String resource = sample.text("resource");
            demand.observe(sample, round.millis());
            boolean full = sample.number("active") >= sample.number("max");
            if (sample.number("waiting") <= 0 || sample.number("max") <= 0 || !full && sample.number("idle") > 0) {
                pressures.forget(resource);
                continue;
            }
            List<Holder> holders = Rows.holders(held.getOrDefault(resource, List.of()));
            Pressure pressure = Pressure.after(pressures.get(resource), sample, round.millis(), holders);
            pressures.put(resource, pressure);
            Pool pool = new Pool(sample, pressure, holders, waiters.getOrDefault(resource, List.of()),
                    times.getOrDefault(resource, List.of()));
            Confidence confidence = full ? judge(pool) : null;
            if (confidence != null) {
                findings.add(finding(pool, confidence));
            } else if (!full && isDry(pressure)) {
                findings.add(dry(pool));
            }
        }
        return findings;
    }

    /** Nobody is served although there is room. */
    private static boolean isDry(Pressure pressure) {
        return pressure.rounds() >= DRY_ROUNDS && pressure.last(DRY_ROUNDS).turnover() == 0
                && pressure.last(DRY_ROUNDS).isAgeing();
    }

    private Finding dry(Pool pool) {
        Signal sample = pool.sample();
        Pressure pressure = pool.pressure();
        String resource = pool.resource();
        ExhaustionCause verdict = whyDry(pool);
        String worker = sample.text("creatorThread");
        String cause = switch (verdict) {
            case CREATOR_DEAD -> "what makes connections for it has ended";
            case CREATOR_STUCK -> (worker.isEmpty() ? "nothing makes the connections it wants" : worker + " at "
                    + Phrases.site(sample.text("creatorDoing"))) + ", while a fresh connection beside the pool works";
            case DATABASE_UNREACHABLE, DATABASE_FULL -> server.failed(resource)
                    .map(error -> "a fresh connection beside the pool fails, too: " + error)
                    .orElseGet(() -> pressure.connectsFail() ? "each attempt to connect fails: " + sample.text("lastError")
                            : "no attempt to connect comes to an end");
            default -> "";
        };
        return new Finding(name(), Fault.POOL_EXHAUSTION, sample.resource(),
                verdict == ExhaustionCause.UNKNOWN ? Confidence.HINT : Confidence.SUSPECTED,
                resource + ": without connections, " + sample.number("total") + " of " + pool.slots() + " there and none free, "
                        + pressure.last().waiting() + " waiting; slots are " + verdict.words(),
                cause, Rows.victims(pressure.last().waiting(), pool.waiters()), advice(pool, verdict, List.of()),
                new Evidence("none of " + pressure.last().waiting() + " waiting borrowers was served during the last "
                        + Phrases.duration(pressure.millis()) + " although the pool has room; verdict " + verdict,
                        Rows.facts(resource, pool.holders().stream().map(Holder::line).toList()), List.of(),
                        Rows.threads(pool.holders().stream().map(Holder::threadId)),
                        Map.of("active", sample.number("active"), "max", pool.slots(), "total", sample.number("total"),
                                "waiting", pressure.last().waiting(), "oldestWait", pressure.last().oldestWait(),
                                verdict.measure(), sample.number("total"))));
    }

    private ExhaustionCause whyDry(Pool pool) {
        Signal sample = pool.sample();
        String resource = pool.resource();
        if (sample.flag("creatorDead")) {
            return ExhaustionCause.CREATOR_DEAD;
        }
        if (server.isFull(resource) || pool.pressure().connectsFail() && SqlTrouble.saysFull(sample.text("lastError"))) {
            return ExhaustionCause.DATABASE_FULL;
        }
        if (server.isUnreachable(resource) || pool.pressure().connectsFail()) {
            return ExhaustionCause.DATABASE_UNREACHABLE;
        }
        if (sample.flag("creatorWanted") && server.wasReached(resource)) {
            return ExhaustionCause.CREATOR_STUCK;
        }
        // Nobody comes back with an answer: not the creator, not the borrowers that connect themselves, not our question.
        long connecting = pool.waiters().stream().filter(row -> row.text("activity").equals(Activity.JDBC.name())
                || row.text("activity").equals(Activity.IO.name())).count();
        boolean trying = !sample.text("creatorThread").isEmpty() || connecting * 2 > pool.waiters().size();
        return trying && !server.wasReached(resource) && pool.pressure().rounds() >= OVERLOAD_ROUNDS
                ? ExhaustionCause.DATABASE_UNREACHABLE : ExhaustionCause.UNKNOWN;
    }

    /** {@code null} while it may still be a moment's peak. */
    private static Confidence judge(Pool pool) {
        Pressure pressure = pool.pressure();
        int rounds = pressure.rounds();
        if (rounds < STUCK_ROUNDS) {
            return null;
        }
        boolean timeouts = pressure.timeouts() > 0;
        boolean lasting = rounds >= OVERLOAD_ROUNDS && pressure.last().oldestWait() >= OVERLOAD_WAIT_MILLIS;
        if (!timeouts && (isHabit(pool, true) || !lasting && isHabit(pool, false))) {
            return Confidence.HINT;
        }
        boolean seen = pressure.last().oldestWait() > 0;
        boolean stuck = pressure.last(STUCK_ROUNDS).turnover() == 0
                && (seen ? pressure.last(STUCK_ROUNDS).isAgeing()
                        : rounds >= STUCK_ROUNDS_UNSEEN && pressure.last(STUCK_ROUNDS_UNSEEN).turnover() == 0);
        if (stuck) {
            return Confidence.SUSPECTED;
        }
        boolean slow = rounds >= SLOW_ROUNDS && pressure.isAgeing() && !pressure.isQuick(pool.slots());
        boolean overloaded = lasting || rounds >= OVERLOAD_ROUNDS && timeouts;
        return !pressure.isDraining() && (slow || overloaded) ? Confidence.SUSPECTED : Confidence.HINT;
    }

    /**
     * Most slots have been out no longer than their sites usually take: it is merely busy. What sites take in a jam is
     * soon learned too, and would excuse it; for long only their calm habit does.
     */
    private static boolean isHabit(Pool pool, boolean calm) {
        long usual = pool.holders().stream().filter(holder -> {
            long habit = calm ? holder.calmHold() : holder.typicalHold();
            return habit >= 0 && holder.heldFor() <= habit;
        }).count();
        return usual * 2 > pool.sample().number("active");
    }

    private Finding finding(Pool pool, Confidence confidence) {
        Signal sample = pool.sample();
        Pressure pressure = pool.pressure();
        String resource = pool.resource();
        Blame blame = blame(pool);
        String cause = switch (blame.verdict()) {
            case TOO_SMALL, RUNAWAY_DEMAND -> pressure.turnover() + " borrows in " + Phrases.duration(pressure.millis())
                    + " over " + pool.slots() + " slots, no site holds them for long" + flood(pool);
            case LOCK_WAIT -> "in the database " + Phrases.count(locks(pool).sessions(), "session") + " of it wait for "
                    + locks(pool).head() + "; " + blame.sentence(NOT_JDBC);
            case DATABASE_UNREACHABLE -> "a fresh connection beside the pool fails: "
                    + server.failed(resource).orElse("") + "; " + blame.sentence(NOT_JDBC);
            default -> blame.sentence(NOT_JDBC);
        };
        String proof = "all " + pool.slots() + " slots out and borrowers waiting during the last "
                + Phrases.duration(pressure.millis()) + ", " + pressure.turnover()
                + " slots handed out meanwhile, the longest wait "
                + Phrases.duration(pressure.last().oldestWait()) + "; verdict " + blame.verdict();
        List<String> facts = new ArrayList<>(SlotShares.lines(pool.times()));
        pool.holders().forEach(holder -> facts.add(holder.line()));
        Map<String, Long> measures = new HashMap<>(Map.of("active", sample.number("active"), "max", pool.slots(),
                "waiting", pressure.last().waiting(), "oldestWait", pressure.last().oldestWait(),
                "turnover", pressure.turnover(), "timeouts", pressure.timeouts(), "medianHeld", blame.medianHeld()));
        measures.put(blame.verdict().measure(), (long) blame.culprits().size());
        return new Finding(name(), Fault.POOL_EXHAUSTION, sample.resource(), confidence,
                resource + ": exhausted, " + sample.number("active") + " of " + pool.slots() + " out, "
                        + pressure.last().waiting() + " waiting; slots are " + blame.verdict().words(),
                cause, Rows.victims(pressure.last().waiting(), pool.waiters()), advice(pool, blame.verdict(), blame.culprits()),
                new Evidence(proof, Rows.facts(resource, facts), List.of(),
                        Rows.threads(pool.holders().stream().map(Holder::threadId)), measures));
    }

    private String flood(Pool pool) {
        double highest = demand.highest(pool.resource());
        return highest < 0 ? "" : String.format(Locale.ROOT, "; %.0f borrowers come per second, at most %.0f while nobody waited",
                pool.pressure().arrivals(), highest);
    }

    private Blame blame(Pool pool) {
        long active = pool.sample().number("active");
        if (pool.pressure().isQuick(pool.slots()) && Pressure.areFresh(pool.holders(), active)) {
            return new Blame(demand.isFlood(pool.resource(), pool.pressure())
                    ? ExhaustionCause.RUNAWAY_DEMAND : ExhaustionCause.TOO_SMALL, pool.holders(), (int) active);
        }
        Blame blame = Blame.on(pool.holders(), (int) active, holder -> cause(pool.resource(), holder));
        if (blame.verdict() != ExhaustionCause.SLOW_STATEMENTS) {
            return blame;
        }
        // From here all of them look alike: a thread that waits for an answer. The server knows better, if it was asked.
        if (server.isUnreachable(pool.resource())) {
            return new Blame(ExhaustionCause.DATABASE_UNREACHABLE, blame.culprits(), blame.slots());
        }
        return locks(pool).sessions() * 2 >= blame.culprits().size() && locks(pool).sessions() > 0
                ? new Blame(ExhaustionCause.LOCK_WAIT, blame.culprits(), blame.slots()) : blame;
    }

    private ServerWord.Locks locks(Pool pool) {
        return server.locks(pool.resource(), pool.holders());
    }

    private ExhaustionCause cause(String resource, Holder holder) {
        if (longLived.matches(holder.site())) {
            return ExhaustionCause.UNKNOWN;
        }
        boolean leftBehind = holder.isUnattended() && !holder.escaped() && !holder.enlisted() && !holder.isBusy();
        if (holder.isProvenLeak() || leftBehind && holder.idleFor() > limit.millis(holder)) {
            return ExhaustionCause.LEAK;
        }
        if (leftBehind) {
            return ExhaustionCause.LEFT_BEHIND;
        }
        return switch (holder.activity()) {
            case JDBC -> ExhaustionCause.SLOW_STATEMENTS;
            case WAITING_FOR_POOL -> !holder.waitsFor().equals(resource) ? ExhaustionCause.HELD_ACROSS_IO
                    // Asking again at the line that borrowed what it holds: a next request after a leak, or a helper.
                    : !holder.inScope() && holder.site().equals(holder.doing()) ? ExhaustionCause.UNKNOWN
                    : ExhaustionCause.NESTED_BORROW;
            case IO, PARKED, SLEEPING -> ExhaustionCause.HELD_ACROSS_IO;
            case BLOCKED -> ExhaustionCause.BLOCKED_ON_LOCK;
            case RUNNING, ENDED, UNKNOWN -> ExhaustionCause.UNKNOWN;
        };
    }

    private static String advice(Pool pool, ExhaustionCause verdict, List<Holder> culprits) {
        return switch (verdict) {
            case LEAK -> "Close the connection on every path, with try-with-resources, at the sites named.";
            case LEFT_BEHIND -> "Find out who still needs what was taken at the sites named; if nobody does, close it there on"
                    + " every path, with try-with-resources.";
            case HELD_ACROSS_IO -> "Move the call out of the transaction, disable open-in-view, or give the connection"
                    + " back before waiting; a larger pool only moves the limit.";
            case NESTED_BORROW -> "Do not take a second connection while holding one (REQUIRES_NEW, nested templates);"
                    + " else the maximum must be "
                    + PoolSizing.of(pool.sample(), culprits, pool.waiters()).sentence() + ".";
            case SLOW_STATEMENTS -> "Look at the statements of the sites named: plans, locks in the database, timeouts.";
            case LOCK_WAIT -> "Find why the session named keeps its transaction open: work inside it, or a commit that is"
                    + " missing; a lock timeout in the database lets the others fail instead of wait.";
            case DATABASE_UNREACHABLE -> "Look at the database and at the way to it; set connect, socket and login timeouts"
                    + " in the driver.";
            case DATABASE_FULL -> "Count the connections of all instances together: maximum times instances must fit the limit"
                    + " of the database.";
            case CREATOR_DEAD, CREATOR_STUCK -> "Update the pool, and set connect and login timeouts in the driver.";
            case SLOW_PEER -> "Set response timeouts.";
            case BLOCKED_ON_LOCK -> "Do not wait for a lock while holding a connection; find who holds the lock.";
            case TOO_SMALL -> "More borrowers than slots: raise the maximum if the database can take it, else limit the callers.";
            case RUNAWAY_DEMAND -> "Far more borrowers than ever: find who sends them (retries, a batch, a crawler) and limit"
                    + " the callers; more slots only pass the flood on to the database.";
            case UNKNOWN -> "Look at the holders listed.";
        };
    }
}
