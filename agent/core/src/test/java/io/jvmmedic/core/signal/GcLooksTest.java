package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GcLooksTest {

    private final List<GarbageCollectorMXBean> collectors = new ArrayList<>();
    private final AtomicLong young = collector("G1 Young Generation");
    private final AtomicLong full = collector("G1 Old Generation");

    private AtomicLong collector(String name, String... pools) {
        AtomicLong count = new AtomicLong();
        collectors.add((GarbageCollectorMXBean) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {GarbageCollectorMXBean.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getName" -> name;
                    case "getCollectionCount" -> count.get();
                    case "getMemoryPoolNames" -> pools;
                    default -> throw new UnsupportedOperationException(method.toString());
                }));
        return count;
    }

    @Test
    void aYoungCollectionIsNoLookAtTheWholeHeap() {
        GcLooks looks = new GcLooks(collectors);
        looks.observe(1_000);
        young.addAndGet(7);
        looks.observe(2_000);
        assertEquals(7, looks.youngCount());
        assertEquals(-1, looks.sinceFull(2_000));
    }

    @Test
    void aFullOneHasLookedAtWhatWasUnusedInTheRoundBefore() {
        full.set(3);
        GcLooks looks = new GcLooks(collectors);
        looks.observe(1_000);
        assertEquals(-1, looks.sinceFull(1_000), "when those ran nobody knows");
        full.incrementAndGet();
        looks.observe(2_000);
        assertEquals(1_000, looks.sinceFull(2_000));
        looks.observe(3_000);
        assertEquals(2_000, looks.sinceFull(3_000));
    }

    @Test
    void aConcurrentCycleCountsOnlyForWhatWasUnusedBeforeItBegan() {
        AtomicLong pauses = collector("G1 Concurrent GC");
        GcLooks looks = new GcLooks(collectors);
        looks.observe(1_000);
        pauses.incrementAndGet();
        looks.observe(2_000);
        pauses.incrementAndGet();
        looks.observe(3_000);
        assertEquals(-1, looks.sinceFull(3_000), "the only cycle may have begun before anybody looked");
        pauses.incrementAndGet();
        looks.observe(9_000);
        assertEquals(8_000, looks.sinceFull(9_000), "the first pause of the second cycle, which began after the first had ended");
        pauses.addAndGet(2);
        looks.observe(10_000);
        assertEquals(7_000, looks.sinceFull(10_000));
    }

    @Test
    void ofCollectorsWithGenerationsOnlyTheWholeCyclesCount() {
        collectors.clear();
        AtomicLong minor = collector("ZGC Minor Cycles");
        AtomicLong shenandoah = collector("Shenandoah Cycles", "Shenandoah Young Gen", "Shenandoah Old Gen");
        GcLooks looks = new GcLooks(collectors);
        for (int round = 1; round <= 5; round++) {
            looks.observe(round * 1_000);
            minor.incrementAndGet();
            shenandoah.incrementAndGet();
        }
        assertEquals(-1, looks.sinceFull(6_000));
        assertEquals(-1, looks.youngCount());
    }
}
