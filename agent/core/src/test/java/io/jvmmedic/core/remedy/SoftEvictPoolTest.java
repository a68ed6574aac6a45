package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SoftEvictPoolTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 3);
    private final Remedy remedy = new SoftEvictPool(registry, Clock.SYSTEM);
    private final Object handle = new Object();

    /** One out, two idle. */
    private Object use() {
        Object kept = pool.borrow(handle);
        Object first = pool.borrow(new Object());
        Object second = pool.borrow(new Object());
        pool.giveBack(first);
        pool.giveBack(second);
        return kept;
    }

    private Diagnosis diagnosis(Map<String, Long> measures) {
        return Given.diagnosis(Fault.POOL_EXHAUSTION, pool.id(), Confidence.SUSPECTED, List.of(), List.of(), measures);
    }

    @Test
    void replacesIdleConnectionsAndLeavesThoseThatAreOut() throws Throwable {
        Object kept = use();
        Preparation.Ready ready = Given.ready(remedy.prepare(diagnosis(Map.of("softEvict", 1L))));
        assertEquals(Risk.GENTLE, ready.plan().risk());
        assertEquals("active=1 idle=2 total=3 max=3 waiting=0 oldIdle=2", ready.action().observe());
        assertFalse(ready.action().claimHolds(), "before the act");
        ready.action().apply();
        assertTrue(ready.action().claimHolds());
        assertEquals("active=1 idle=0 total=1 max=3 waiting=0 oldIdle=0", ready.action().observe());
        assertTrue(pool.inUse(kept));
    }

    @Test
    void anEvictionWithoutEffectIsNoSuccess() throws Throwable {
        use();
        pool.softEvict = Lever.of("FakePool.softEvict", nothing -> { });
        Action action = Given.ready(remedy.prepare(diagnosis(Map.of("softEvict", 1L)))).action();
        action.apply();
        assertFalse(action.claimHolds());
    }

    @Test
    void unaskedOnlyWhenIdleConnectionsServeNobodyAlthoughSomebodyWaits() {
        use();
        assertEquals("pool:orders: nobody waits for a connection any more",
                Given.impossible(remedy.prepare(diagnosis(Map.of()))));
        pool.await(got -> { });
        Action action = Given.ready(remedy.prepare(diagnosis(Map.of()))).action();
        pool.timeOut();
        assertTrue(action.noLongerNeeded().isPresent());
    }

    @Test
    void staleConnectionsThatAreAllInUseAreLetGoOfWhenTheyComeBack() throws Throwable {
        pool.borrow(handle);
        boolean[] told = {false};
        pool.softEvict = Lever.of("FakePool.softEvict", nothing -> told[0] = true);
        Action action = Given.ready(remedy.prepare(diagnosis(Map.of("softEvict", 1L)))).action();
        action.apply();
        assertTrue(told[0]);
        assertTrue(action.claimHolds());
    }

    @Test
    void whatWasFoundBeforeTheLastEvictionIsVoid() throws Throwable {
        use();
        Diagnosis found = diagnosis(Map.of("softEvict", 1L, "asOf", System.currentTimeMillis() - 5));
        Given.ready(remedy.prepare(found)).action().apply();
        pool.giveBack(pool.borrow(new Object()));
        assertEquals(Optional.of("its connections were evicted since they were found to be stale"),
                Given.ready(remedy.prepare(found)).action().noLongerNeeded());
        assertEquals(Optional.empty(), Given.ready(remedy.prepare(
                diagnosis(Map.of("softEvict", 1L, "asOf", System.currentTimeMillis() + 60_000)))).action().noLongerNeeded());
    }

    @Test
    void refusesWhereItCannotHelp() {
        assertEquals("pool:orders: it has no idle connection to evict",
                Given.impossible(remedy.prepare(diagnosis(Map.of("softEvict", 1L)))), "nor any other");
        Object first = pool.borrow(handle);
        pool.await(got -> { });
        assertEquals("pool:orders: it has no idle connection to evict",
                Given.impossible(remedy.prepare(diagnosis(Map.of()))));
        assertEquals("pool:orders: its slots are leaked, evicting idle connections frees none of them",
                Given.impossible(remedy.prepare(diagnosis(Map.of("cause.leak", 3L)))));
        pool.giveBack(first);
        pool.softEvict = Lever.absent("this pool cannot evict");
        assertEquals("pool:orders: this pool cannot evict",
                Given.impossible(remedy.prepare(diagnosis(Map.of("softEvict", 1L)))));
    }
}
