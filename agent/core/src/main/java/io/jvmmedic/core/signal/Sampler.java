package io.jvmmedic.core.signal;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.GateView;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.LockCycles;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.WaitView;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.Jdk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ticks the coarse clock and, each second, writes down what is true now. Level-triggered: what one round misses the
 * next one says. It distrusts itself like HikariCP's HouseKeeper: a round states how late it was, and nothing that needs
 * an unbroken history is concluded from a late one.
 */
public final class Sampler {

    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    private static final int TICKS_PER_ROUND = 1_000 / CoarseClock.TICK_MILLIS;
    /** A first look at waits that have just begun saves up to a second of a proof that needs two. */
    private static final int ROUNDS_PER_FIRST_LOOK = 5;
    /** With the next round so near, a first look gains nothing. */
    private static final int MIN_TICKS_TO_ROUND = 2;
    /** What forgets dead resources need not run each second. */
    private static final int ROUNDS_PER_PRUNE = 10;

    /** What the sampler cannot know by itself. */
    public record Health(String mode, int treatments, long dropped) {
    }

    private final ResourceRegistry registry;
    private final ThreadView threads;
    private final Runnable census;
    private final Signals signals;
    private final Clock clock;
    private final Supplier<Health> health;
    private final Runnable eachTick;
    private final JvmProbe jvm;
    private final CycleRows cycleRows;
    private final PoolRows poolRows;
    private final ExecutorRows executorRows;
    private final WaitRows waitRows;
    private final GateRows gateRows;
    private final HttpRows httpRows;
    private final FamilyRows familyRows = new FamilyRows();
    private final Thread thread = new MedicThread(this::run, "sampler");

    private final FlushPhase phase = new FlushPhase();

    private volatile boolean stopped;
    private long round;
    /** Of the last round or first look; never repeated. */
    private long number;
    private long firstLookAllowed;
    private int failures;

    /**
     * @param census looks for new threads and resources, once per round
     * @param eachTick short work of others, four times a second
     */
    public Sampler(ResourceRegistry registry, ThreadView threads, Runnable census, Signals signals, Clock clock,
            Supplier<Health> health, Runnable eachTick) {
        this(registry, threads, census, signals, clock, health, eachTick, LockCycles.NONE, WaitView.NONE, GateView.NONE);
    }

    /**
     * @param cycles finds the deadlocks that the JVM does not report
     * @param waits follows the waits behind what is jammed
     * @param gates keep deadlocks from coming again
     */
    public Sampler(ResourceRegistry registry, ThreadView threads, Runnable census, Signals signals, Clock clock,
            Supplier<Health> health, Runnable eachTick, LockCycles cycles, WaitView waits, GateView gates) {
        this.registry = registry;
        this.threads = threads;
        this.census = census;
        this.signals = signals;
        this.clock = clock;
        this.health = health;
        this.eachTick = eachTick;
        this.jvm = Jdk.hasModule("java.management") ? new ManagementProbe(clock) : JvmProbe.NONE;
        this.cycleRows = new CycleRows(cycles, jvm, clock);
        this.poolRows = new PoolRows(registry.leases(), threads);
        this.executorRows = new ExecutorRows(jvm);
        this.waitRows = new WaitRows(registry, waits, clock);
        this.gateRows = new GateRows(gates);
        this.httpRows = new HttpRows(registry.leases(), threads);
    }

    /** Where the slots of a pool went while borrowers waited, the longest first; empty when nobody waited lately. */
    public List<SlotTime> slotTimes(PoolHandle pool) {
        return poolRows.slotTimes(pool);
    }

    public void start() {
        thread.start();
    }

    public void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long start = clock.monotonicMillis();
        int tick = 0;
        while (!stopped) {
            tick++;
            long due = start + (long) tick * CoarseClock.TICK_MILLIS;
            long wait;
            while ((wait = due - clock.monotonicMillis()) > 0 && !stopped) {
                clock.park(this, wait);
            }
            long late = -wait;
            // Ticks lost to a frozen VM are time that passed all the same.
            tick += (int) (late / CoarseClock.TICK_MILLIS);
            CoarseClock.set(tick);
            guarded(eachTick);
            int passed = tick - phase.ticks();
            int current = passed / TICKS_PER_ROUND;
            if (current != round) {
                long missed = Math.max(0, current - round - 1) * 1_000L;
                number += current - round;
                round = current;
                phase.roundEnded(signals.delayMillis());
                guarded(() -> sample(number, late + missed));
            } else if (registry.leases().haveWaitsBegun() && round >= firstLookAllowed
                    && TICKS_PER_ROUND - passed % TICKS_PER_ROUND >= MIN_TICKS_TO_ROUND) {
                firstLookAllowed = round + ROUNDS_PER_FIRST_LOOK;
                number++;
                guarded(() -> look(number, late));
            }
        }
    }

    /** A round of pools alone: who asks the JVM or an executor twice wants a second in between. */
    private void look(long tick, long late) {
        long now = clock.millis();
        memory(tick, now);
        pools(tick, now);
        health(tick, now, late);
    }

    private void sample(long tick, long late) {
        long now = clock.millis();
        census.run();
        if (round % ROUNDS_PER_PRUNE == 0) {
            registry.prune();
            poolRows.prune();
        }
        memory(tick, now);
        pools(tick, now);
        for (ExecutorHandle executor : registry.executors()) {
            emit(executorRows.of(executor, registry.isOfPool(executor), tick, now));
        }
        for (HttpPoolHandle pool : registry.httpPools()) {
            emit(httpRows.of(pool, tick, now));
        }
        emit(carefully(() -> waitRows.of(executorRows.full(tick), tick, now)));
        emit(UnpooledRows.of(registry.unpooled(), tick, now));
        emit(familyRows.of(threads, tick, now));
        emit(gateRows.of(tick, now));
        emit(jvm.deadlocks(tick, now));
        emit(carefully(() -> cycleRows.of(tick, now)));
        health(tick, now, late);
    }

    private void memory(long tick, long now) {
        Signal.Builder memory = Signal.of(Signal.MEMORY, now).with("tick", tick);
        jvm.memory(memory);
        signals.accept(memory.with("threads", threads.count()).build());
    }

    private void pools(long tick, long now) {
        Map<Long, Waiter> waiters = new HashMap<>();
        registry.leases().waiters().forEach(waiter -> waiters.put(waiter.threadId(), waiter));
        boolean followRows = false;
        for (PoolHandle pool : registry.pools()) {
            List<Signal> rows = poolRows.of(pool, waiters, tick, now, jvm.sinceGcMillis());
            followRows |= rows.stream().anyMatch(PoolRows::mayBeReadFrom);
            emit(rows);
        }
        Hooks.followRows(followRows);
    }

    private void health(long tick, long now, long late) {
        Health own = health.get();
        signals.accept(Signal.of(Signal.HEALTH, now).with("tick", tick).with("mode", own.mode())
                .with("lateness", late).with("resources", registry.size())
                .with("adviceFailures", AdviceFailures.count()).with("dropped", own.dropped())
                .with("treatments", own.treatments()).build());
    }

    private void emit(List<Signal> rows) {
        rows.forEach(signals::accept);
    }

    /** What reads the inside of the JDK must not cost the whole round where a JDK is other than expected. */
    private List<Signal> carefully(Supplier<List<Signal>> look) {
        try {
            return look.get();
        } catch (RuntimeException | LinkageError e) {
            failed("a look at waits failed", e);
            return List.of();
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            failed("a round failed and is skipped", e);
        }
    }

    /** A host object that misbehaves must not end the sampling; said a few times, then only counted. */
    private void failed(String what, Throwable e) {
        AdviceFailures.count(e);
        if (failures++ < 3) {
            LOG.warn("sampler: {}", what, e);
        }
    }
}
