package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What helps a pool that makes no connections: first beside what hangs, at last by force. */
class RevivePoolTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 3);
    private final Remedy revive = new RevivePool(registry);
    private final Remedy reset = new ResetPool(registry);
    private final List<Object> served = new ArrayList<>();
    private final Diagnosis diagnosis = Given.diagnosis(Fault.POOL_CREATOR, pool.id(), Confidence.CERTAIN, List.of(),
            List.of(), Map.of());

    private void stuck() {
        pool.databaseUp = false;
        pool.await(served::add);
        pool.creator = new PoolHandle.Creator(true, false, Thread.currentThread());
        pool.revive = Lever.of("FakePool.revive", nothing -> {
            pool.databaseUp = true;
            pool.kick().pull(1);
        });
    }

    @Test
    void whoWaitsIsServed() throws Throwable {
        stuck();
        Preparation.Ready ready = Given.ready(revive.prepare(diagnosis));
        assertEquals(Risk.GENTLE, ready.plan().risk());
        ready.action().apply();
        assertTrue(ready.action().claimHolds());
        assertEquals(1, served.size());
        assertFalse(ready.action().loan().isPresent());
    }

    @Test
    void aRevivalWithoutEffectIsNoSuccess() throws Throwable {
        stuck();
        pool.revive = Lever.of("FakePool.revive", nothing -> { });
        Action action = Given.ready(revive.prepare(diagnosis)).action();
        action.apply();
        assertFalse(action.claimHolds());
    }

    @Test
    void refusesWhereNothingIsWantedOrPossible() {
        assertEquals("pool:orders: nothing is there to be revived", Given.impossible(revive.prepare(diagnosis)));
        stuck();
        Action action = Given.ready(revive.prepare(diagnosis)).action();
        pool.creator = PoolHandle.Creator.BORROWERS;
        assertTrue(action.noLongerNeeded().isPresent());
        assertEquals("pool:orders: it does not want a connection any more", Given.impossible(revive.prepare(diagnosis)));
        pool.timeOut();
        assertEquals("pool:orders: nobody waits for a connection any more", Given.impossible(revive.prepare(diagnosis)));
        pool.gone = true;
        assertEquals("pool:orders: the pool is gone", Given.impossible(revive.prepare(diagnosis)));
    }

    @Test
    void theLastRungClosesAllAndServesWhoWaits() throws Throwable {
        Object one = pool.leak();
        Object two = pool.leak();
        pool.changeMax(2);
        pool.await(served::add);
        pool.reset = Lever.of("FakePool.reset", nothing -> pool.closeAll());
        Preparation.Ready ready = Given.ready(reset.prepare(diagnosis));
        assertEquals(Risk.DRASTIC, ready.plan().risk());
        assertFalse(ready.action().noLongerNeeded().isPresent());
        ready.action().apply();
        assertTrue(ready.action().claimHolds());
        assertEquals(List.of(one, two), pool.closed);
        assertEquals(1, served.size());
    }

    @Test
    void aResetThatLeavesSomethingBehindIsNoSuccess() throws Throwable {
        pool.leak();
        pool.changeMax(1);
        pool.await(served::add);
        pool.reset = Lever.of("FakePool.reset", nothing -> { });
        Action action = Given.ready(reset.prepare(diagnosis)).action();
        action.apply();
        assertFalse(action.claimHolds());
    }

    @Test
    void noResetWhereNobodyWaitsOrThePoolCannot() {
        assertEquals("pool:orders: a fake pool cannot be reset", Given.impossible(reset.prepare(diagnosis)));
        pool.reset = Lever.of("FakePool.reset", nothing -> pool.closeAll());
        assertEquals("pool:orders: nobody waits for a connection any more", Given.impossible(reset.prepare(diagnosis)));
        pool.gone = true;
        assertEquals("pool:orders: the pool is gone", Given.impossible(reset.prepare(diagnosis)));
    }
}
