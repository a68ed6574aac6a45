package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CompensateLeakTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 4);
    private final GrowPool grow = new GrowPool(registry, MedicConfig.of(Map.of("pool.grow-cap", "50")));
    private final Remedy remedy = grow.compensation();
    private final List<Object> handles = new ArrayList<>();
    private final List<Object> served = new ArrayList<>();
    private final List<Object> out = new ArrayList<>();

    private Diagnosis suspected(Confidence confidence, Object... entries) {
        return Given.diagnosis(Fault.CONNECTION_LEAK, pool.id(), confidence,
                Stream.of(entries).map(pool::leaseOf).toList(), List.of(), Map.of());
    }

    /** All out, and somebody waiting. */
    private void exhausted(int waiters) {
        for (int i = 0; i < 4; i++) {
            Object handle = new Object();
            handles.add(handle);
            out.add(pool.borrow(handle));
        }
        for (int i = 0; i < waiters; i++) {
            pool.await(served::add);
        }
    }

    @Test
    void lendsOneSlotForASuspectAndTakesItBackWhenTheSuspectReturned() throws Throwable {
        exhausted(1);
        Preparation.Ready ready = Given.ready(remedy.prepare(suspected(Confidence.SUSPECTED, out.get(0))));
        assertEquals(Risk.GENTLE, ready.plan().risk());
        ready.action().apply();
        assertTrue(ready.action().claimHolds());
        assertEquals(1, served.size());
        assertEquals(5, pool.state().max());
        assertEquals(List.of(), pool.closed, "nobody's connection is touched");
        Loan loan = ready.action().loan().orElseThrow();
        assertEquals("maximum 4 -> 5", loan.text());
        assertFalse(loan.unneeded(), "the suspect is out");
        pool.giveBack(out.get(0));
        assertTrue(loan.unneeded());
        loan.giveBack();
        assertEquals(4, pool.state().max());
        assertTrue(loan.moot());
    }

    @Test
    void aSuspectThatWasTakenBackNeedsNoCompensationAnyMore() throws Throwable {
        exhausted(2);
        Action action = Given.ready(remedy.prepare(suspected(Confidence.SUSPECTED, out.get(0)))).action();
        action.apply();
        pool.closeEntry().pull(out.get(0));
        assertTrue(action.loan().orElseThrow().unneeded());
    }

    @Test
    void neverBeyondTheCapHoweverManySuspectsAndRemedies() throws Throwable {
        exhausted(9);
        Given.ready(remedy.prepare(suspected(Confidence.SUSPECTED, out.toArray()))).action().apply();
        assertEquals(6, pool.state().max(), "50 percent of 4");
        assertEquals("pool:orders: its maximum is 6 instead of 4 already, for 4 suspects and within pool.grow-cap=50 percent",
                Given.impossible(remedy.prepare(suspected(Confidence.SUSPECTED, out.toArray()))));
        Diagnosis nested = Given.diagnosis(Fault.NESTED_BORROW, pool.id(), Confidence.CERTAIN, List.of(), List.of(),
                Map.of("neededSlots", 3L));
        assertEquals("pool:orders: it was grown from 4 to 6 already, pool.grow-cap=50 percent allows no more",
                Given.impossible(grow.prepare(nested)));
    }

    @Test
    void refusesWhatIsProvenReturnedOrNotMissed() {
        exhausted(1);
        assertFalse(remedy.isMeantFor(suspected(Confidence.CERTAIN, out.get(0))), "a proven leak is taken back");
        Diagnosis diagnosis = suspected(Confidence.SUSPECTED, out.get(0));
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        pool.giveBack(out.get(0));
        assertTrue(action.noLongerNeeded().isPresent());
        assertEquals("pool:orders: none of the suspected leases is out any more", Given.impossible(remedy.prepare(diagnosis)));
        assertEquals("pool:orders: nobody waits for a connection any more",
                Given.impossible(remedy.prepare(suspected(Confidence.SUSPECTED, out.get(1)))));
        pool.resize = Lever.absent("this pool has a fixed size");
        assertEquals("pool:orders: this pool has a fixed size",
                Given.impossible(remedy.prepare(suspected(Confidence.SUSPECTED, out.get(1)))));
        pool.gone = true;
        assertEquals("pool:orders: the pool is gone", Given.impossible(remedy.prepare(diagnosis)));
    }
}
