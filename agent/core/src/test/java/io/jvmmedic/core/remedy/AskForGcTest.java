package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AskForGcTest {

    private static final ExplicitGc STOPS_THE_WORLD = new ExplicitGc(false, false);
    private static final ExplicitGc CONCURRENT = new ExplicitGc(false, true);
    private static final long MIB = 1 << 20;

    private final AtomicInteger collections = new AtomicInteger();
    /** The time of the collecting thread, so that the length of a collection does not depend on when it really runs. */
    private final AtomicLong collectorNow = new AtomicLong();
    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return now;
        }

        @Override
        public long monotonicMillis() {
            return Thread.currentThread() instanceof MedicThread ? collectorNow.get() : now;
        }
    };
    private Runnable collector = collections::incrementAndGet;
    private long now = 1_000_000;
    private long tick;
    private long youngGcs = 5;
    private long sinceFullGc = -1;
    private long heapUsed = 100 * MIB;

    private AskForGc ask(ExplicitGc vm, String... settings) {
        return new AskForGc(MedicConfig.of(Arrays.stream(settings).map(one -> one.split("="))
                .collect(Collectors.toMap(one -> one[0], one -> one[1]))), vm, clock, () -> collector.run());
    }

    private Signal.Builder row(String type) {
        return Signal.of(type, now).with("tick", tick);
    }

    private Signal pool(int active, int waiting) {
        return row(Signal.POOL).with("resource", "pool:orders").with("active", active).with("max", 2)
                .with("waiting", waiting).with("oldestWait", 0).build();
    }

    private Signal.Builder held(long lease, long idle) {
        return row(Signal.HELD_CONNECTION).with("resource", "pool:orders").with("leaseId", lease).with("idleFor", idle)
                .with("heldFor", idle)
                .with("activity", "PARKED").with("waitsFor", "").with("unreachable", false).with("escaped", false);
    }

    private Round round(boolean late, Signal... rows) {
        List<Signal> all = new ArrayList<>(List.of(rows));
        all.add(row(Signal.MEMORY).with("heapUsed", heapUsed).with("youngGcCount", youngGcs)
                .with("sinceFullGc", sinceFullGc).build());
        return new Round(tick, now, late, all.stream().collect(Collectors.groupingBy(Signal::type)));
    }

    /** One second later. */
    private void next(AskForGc ask, Signal... rows) {
        tick++;
        now += 1_000;
        ask.observe(round(false, rows));
    }

    /** A full pool with a waiter for two rounds; each of the given leases unused for 3 s then. */
    private void pressed(AskForGc ask, long... leases) {
        for (long idle : new long[] {2_000, 3_000}) {
            List<Signal> rows = new ArrayList<>(List.of(pool(2, 1)));
            Arrays.stream(leases).forEach(lease -> rows.add(held(lease, idle).build()));
            next(ask, rows.toArray(Signal[]::new));
        }
    }

    private void assertRefused(String part, AskForGc ask) {
        assertTrue(ask.refusal().orElse("").contains(part), "expected '" + part + "', got " + ask.refusal());
    }

    private void awaitCollections(int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> collections.get() == count);
    }

    @Test
    void asksOnceAndNotAgainForTheSameLeases() {
        AskForGc ask = ask(STOPS_THE_WORLD);
        pressed(ask, 7, 8);
        assertEquals(Optional.empty(), ask.refusal());
        assertEquals("pool:orders: 2 leases unused while borrowers wait; asked for a garbage collection to learn whether"
                + " they are leaked", ask.perform());
        awaitCollections(1);

        now += 60_000;
        pressed(ask, 7, 8);
        assertRefused("pool:orders: a collection was asked for on behalf of these leases before", ask);
        pressed(ask, 7, 9);
        // The first collection has been seen, but its thread may still be on its way out.
        await("lease 9 is new").atMost(Duration.ofSeconds(60)).until(() -> ask.refusal().isEmpty());
        assertTrue(ask.perform().startsWith("pool:orders: 1 lease "));
        awaitCollections(2);
    }

    @Test
    void neverWhenSwitchedOffOrIgnored() {
        AskForGc off = ask(CONCURRENT, "gc.ask=off");
        pressed(off, 7);
        assertRefused("gc.ask is off", off);
        AskForGc ignored = ask(new ExplicitGc(true, true), "gc.ask=on");
        pressed(ignored, 7);
        assertRefused("-XX:+DisableExplicitGC", ignored);
    }

    @Test
    void notWithoutPressure() {
        AskForGc ask = ask(CONCURRENT);
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(2, 1), held(7, 3_000).build());
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(2, 0), held(7, 3_000).build());
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(2, 1), held(7, 3_000).build());
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(1, 1), held(7, 3_000).build());
        assertRefused("no pool had all its slots out", ask);
    }

    @Test
    void aLongWaitCountsAtOnce() {
        AskForGc ask = ask(CONCURRENT);
        next(ask, row(Signal.POOL).with("resource", "pool:orders").with("active", 2).with("max", 2).with("waiting", 1)
                .with("oldestWait", 1_500).build(), held(7, 3_000).build());
        assertEquals(Optional.empty(), ask.refusal());
    }

    @Test
    void notAfterALateRound() {
        AskForGc ask = ask(CONCURRENT);
        pressed(ask, 7);
        tick++;
        now += 5_000;
        ask.observe(round(true, pool(2, 1), held(7, 8_000).build()));
        assertRefused("late", ask);
    }

    @Test
    void notForLeasesWhoseFateIsKnownOrWhoseBorrowerIsAtWork() {
        for (Signal.Builder other : List.of(
                held(7, 900), held(7, 3_000).with("unreachable", true), held(7, 3_000).with("escaped", true),
                held(7, 3_000).with("activity", "JDBC"),
                held(7, 3_000).with("resource", "pool:calm"))) {
            AskForGc ask = ask(CONCURRENT);
            next(ask, pool(2, 1));
            next(ask, pool(2, 1), other.build());
            assertRefused("no lease lies unused", ask);
        }
    }

    @Test
    void alsoForABorrowerThatWaitsForAnotherConnectionForItMayHaveLeakedTheFirst() {
        AskForGc ask = ask(CONCURRENT);
        next(ask, pool(2, 1));
        next(ask, pool(2, 1), held(7, 3_000).with("activity", "WAITING_FOR_POOL").with("waitsFor", "pool:orders").build());
        assertEquals(Optional.empty(), ask.refusal());
    }

    @Test
    void notWhenACollectionHasLookedAlready() {
        AskForGc ask = ask(CONCURRENT);
        pressed(ask, 7);
        assertEquals(Optional.empty(), ask.refusal());
        youngGcs++;
        next(ask, pool(2, 1), held(7, 4_000).build());
        assertRefused("a collection has run since the 1 unused lease", ask);
        next(ask, pool(2, 1), held(7, 5_000).build(), held(8, 1_000).build());
        assertEquals(Optional.empty(), ask.refusal(), "lease 8 was used after it");
    }

    @Test
    void notForAConnectionHeldAcrossACallByCodeThatStillRuns() {
        AskForGc ask = ask(CONCURRENT);
        next(ask, pool(2, 1));
        next(ask, pool(2, 1), held(7, 3_000).with("activity", "IO").with("inScope", true).build());
        assertRefused("no lease lies unused", ask);
        next(ask, pool(2, 1), held(7, 4_000).with("activity", "IO").with("inScope", true).with("scopeOver", true).build());
        assertEquals(Optional.empty(), ask.refusal(), "the same method, in another task");
    }

    @Test
    void aYoungCollectionHasNotLookedAtAnOldHandleAndAFullOneHas() {
        AskForGc ask = ask(CONCURRENT);
        next(ask, pool(2, 1), held(7, 500).with("heldFor", 60_000).build());
        youngGcs++;
        next(ask, pool(2, 1), held(7, 1_500).with("heldFor", 61_000).build());
        youngGcs++;
        next(ask, pool(2, 1), held(7, 2_500).with("heldFor", 62_000).build());
        assertRefused("a collection has run since", ask);
        // Used again, and so many collections old by now that it may have left the young generation.
        next(ask, pool(2, 1), held(7, 0).with("heldFor", 63_000).build());
        for (int second = 1; second <= 5; second++) {
            youngGcs++;
            next(ask, pool(2, 1), held(7, second * 1_000).with("heldFor", 63_000 + second * 1_000).build());
        }
        assertEquals(Optional.empty(), ask.refusal());
        sinceFullGc = 5_500;
        next(ask, pool(2, 1), held(7, 6_000).with("heldFor", 69_000).build());
        assertRefused("a collection has run since", ask);
        sinceFullGc = 7_500;
        next(ask, pool(2, 1), held(7, 7_000).with("heldFor", 70_000).build());
        assertEquals(Optional.empty(), ask.refusal(), "it was used after the full one");
    }

    @Test
    void notWhileOneRunsAndNotSoonAfterALongOne() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        collector = () -> {
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            collectorNow.addAndGet(400);
        };
        AskForGc ask = ask(CONCURRENT, "gc.every=3s");
        pressed(ask, 7);
        ask.perform();
        pressed(ask, 8);
        assertRefused("still runs", ask);
        mayEnd.countDown();
        await().atMost(Duration.ofSeconds(60)).until(() -> !ask.refusal().orElse("").contains("still runs"));
        now += 8_000;
        assertEquals("the last collection was asked for 10 s ago, it took 0.4 s and 50 times as long must pass",
                ask.refusal().orElseThrow());
        now += 10_000;
        assertEquals(Optional.empty(), ask.refusal());
    }

    @Test
    void notMoreOftenThanConfigured() {
        AskForGc ask = ask(CONCURRENT, "gc.every=20s");
        pressed(ask, 7);
        ask.perform();
        pressed(ask, 8);
        await().atMost(Duration.ofSeconds(60)).until(() -> !ask.refusal().orElse("").contains("still runs"));
        assertEquals("the last collection was asked for 2.0 s ago, gc.every is 20 s", ask.refusal().orElseThrow());
        now += 18_000;
        assertEquals(Optional.empty(), ask.refusal());
    }

    @Test
    void autoSparesABigHeapThatWouldBeStopped() {
        heapUsed = 2_000 * MIB;
        AskForGc auto = ask(STOPS_THE_WORLD, "gc.max-heap=1g");
        pressed(auto, 7);
        assertEquals("a collection would stop this JVM with 2000 MiB in use, gc.max-heap is 1024 MiB;"
                + " -XX:+ExplicitGCInvokesConcurrent (G1) makes it cheap, gc.ask=on accepts the pause",
                auto.refusal().orElseThrow());
        AskForGc concurrent = ask(CONCURRENT, "gc.max-heap=1g");
        pressed(concurrent, 7);
        assertEquals(Optional.empty(), concurrent.refusal());
        AskForGc on = ask(STOPS_THE_WORLD, "gc.ask=on", "gc.max-heap=1g");
        pressed(on, 7);
        assertEquals(Optional.empty(), on.refusal());
        heapUsed = -1;
        AskForGc blind = ask(STOPS_THE_WORLD);
        pressed(blind, 7);
        assertRefused("unknown", blind);
    }

    @Test
    void asksForHttpLeasesTooButNotForOneThatIsBeingRead() {
        AskForGc ask = ask(CONCURRENT);
        for (String activity : List.of("PARKED", "IO")) {
            for (int i = 0; i < 2; i++) {
                next(ask, row(Signal.HTTP_POOL).with("resource", "http:search").with("leased", 2).with("max", 10)
                                .with("pending", 1).with("routeLeased", 2).with("routeMax", 2).build(),
                        row(Signal.HELD_RESPONSE).with("resource", "http:search").with("leaseId", 3)
                                .with("heldFor", 4_000).with("activity", activity).with("unreachable", false).build());
            }
            if (activity.equals("IO")) {
                assertRefused("no lease lies unused", ask);
            } else {
                assertEquals(Optional.empty(), ask.refusal());
            }
        }
    }

    @Test
    void aSiteThatLeakedBeforeIsAskedAboutBeforeSomebodyWaits() {
        AskForGc ask = ask(CONCURRENT);
        Signal unused = held(8, 3_000).with("site", "a.A.b(A.java:1)").build();
        next(ask, pool(1, 0), unused);
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(1, 0), held(7, 3_000).with("site", "a.A.b(A.java:1)").with("unreachable", true).build());
        next(ask, pool(1, 0), held(9, 3_000).with("site", "a.A.c(A.java:2)").build());
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(0, 0), unused);
        assertRefused("no pool had all its slots out", ask);
        next(ask, pool(1, 0), unused);
        assertEquals(Optional.empty(), ask.refusal());
        assertTrue(ask.perform().startsWith("pool:orders: 1 lease unused where others leaked;"));
        now += 600_000;
        next(ask, pool(1, 0), held(10, 3_000).with("site", "a.A.b(A.java:1)").build());
        assertRefused("no pool had all its slots out", ask);
    }

    @Test
    void notForABorrowerWhoseBorrowingCodeStillRuns() {
        AskForGc ask = ask(CONCURRENT);
        for (int i = 0; i < 2; i++) {
            next(ask, pool(2, 1), held(7, 3_000).with("activity", "WAITING_FOR_POOL").with("inScope", true).build());
        }
        assertRefused("no lease lies unused", ask);
    }

    @Test
    void forgetsTheOldestLeasesInsteadOfGrowing() {
        AskForGc ask = ask(CONCURRENT, "gc.every=1ms");
        pressed(ask, 0);
        ask.perform();
        awaitCollections(1);
        pressed(ask, LongStream.rangeClosed(1, 1_000).toArray());
        await().atMost(Duration.ofSeconds(60)).until(() -> ask.refusal().isEmpty());
        ask.perform();
        awaitCollections(2);
        pressed(ask, 1_000);
        assertRefused("asked for on behalf of these leases before", ask);
        pressed(ask, 0);
        await().atMost(Duration.ofSeconds(60)).until(() -> ask.refusal().isEmpty());
    }
}
