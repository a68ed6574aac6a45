package io.jvmmedic.core.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.detect.LeakedConnectionDetector;
import io.jvmmedic.core.detect.NestedBorrowDetector;
import io.jvmmedic.core.detect.PoolExhaustionDetector;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.CoarseClock;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is learned of a host stays small whatever the host does; weighed as the heap that is left after a collection. */
class LearnedStateTest {

    private static final long LIMIT = 8 << 20;
    private static final int LEASES = 1_000_000;
    private static final int SITES = 10_000;

    /** Everything that learns, in one place, so that it is weighed as a whole. */
    private static final class Learned {
        final ResourceRegistry registry = new ResourceRegistry();
        final SiteBook sites = new SiteBook();
        final List<Detector> detectors;

        Learned(MedicConfig config) {
            detectors = List.of(new LeakedConnectionDetector(config), new NestedBorrowDetector(config),
                    new PoolExhaustionDetector(config));
        }
    }

    @AfterEach
    void resetClock() {
        CoarseClock.set(0);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void aMillionLeasesFromTenThousandSitesTakeLessThanEightMebibytes() {
        MedicConfig config = MedicConfig.of(Map.of());
        // Once before it counts, for the classes and constants that all of it loads.
        fill(new Learned(config), 1_000);
        long before = used();
        Learned learned = new Learned(config);
        fill(learned, LEASES);
        long taken = used() - before;
        assertTrue(taken < LIMIT, "learned state takes " + taken + " bytes");
        assertSame(learned.sites.of("site-20000"), learned.sites.of("site-30000"), "sites beyond the bound share one entry");
        assertEquals(LEASES, learned.registry.leases().borrows(learned.registry.byId(POOL).orElseThrow()));
    }

    private static final ResourceId POOL = new ResourceId(ResourceId.Kind.POOL, "orders");

    private static void fill(Learned learned, int leases) {
        Object pool = new Object();
        Leases all = learned.registry.leases();
        for (int i = 0; i < leases; i++) {
            // A new physical connection for each lease, some lost without a word.
            Object entry = new Object();
            CoarseClock.set(i / 1_000);
            all.borrowed(pool, entry, new Object(), (host, registry) -> new OpenResource(POOL, host));
            if (i % 100 == 99) {
                all.prune();
            }
            all.returned(entry);
            all.discarded(entry);
            // From a quarter of a second to nine hours, so that no histogram stays small.
            learned.sites.of("com.acme.Service" + i % SITES + ".call(Service.java:" + i % SITES + ")")
                    .held(i % 131_072, i % 2 == 0);
            learned.sites.of("com.acme.Service" + i % 1_000 + ".call(Service.java:" + i % 1_000 + ")")
                    .paused(i % 131_072);
        }
        for (int site = 0; site < 1_000; site++) {
            SiteStatistics full = learned.sites.of("com.acme.Service" + site + ".call(Service.java:" + site + ")");
            for (int i = 0; i < Math.min(leases, 11_000); i++) {
                full.held(i * 12, true);
            }
        }
        int perRound = 1_000;
        for (int round = 1; round <= leases / perRound; round++) {
            Round next = round(round, perRound);
            learned.detectors.forEach(detector -> detector.evaluate(next));
        }
    }

    private static Round round(long tick, int leases) {
        List<Signal> held = new ArrayList<>();
        for (int i = 0; i < leases; i++) {
            long lease = tick * leases + i;
            held.add(Signal.of(Signal.HELD_CONNECTION, tick * 1_000).with("tick", tick).with("resource", POOL)
                    .with("leaseId", lease).with("thread", "worker").with("threadId", lease).with("heldFor", 60_000)
                    .with("idleFor", 60_000).with("typicalHold", -1).with("activity", "PARKED").with("scopeOver", true)
                    .with("site", "com.acme.Service" + lease % SITES + ".call(Service.java:1)").build());
        }
        Signal pool = Signal.of(Signal.POOL, tick * 1_000).with("tick", tick).with("resource", POOL)
                .with("active", leases).with("max", leases).with("waiting", 5).with("oldestWait", tick * 1_000)
                .with("borrows", tick * leases).build();
        return new Round(tick, tick * 1_000, false, Map.of(Signal.POOL, List.of(pool), Signal.HELD_CONNECTION, held));
    }
}
