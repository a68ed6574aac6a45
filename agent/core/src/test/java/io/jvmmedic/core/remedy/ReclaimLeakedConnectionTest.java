package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.CoarseClock;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReclaimLeakedConnectionTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 3);
    private final Remedy remedy = new ReclaimLeakedConnection(registry, MedicConfig.of(Map.of()));
    private final List<Object> served = new ArrayList<>();

    @AfterEach
    void resetClock() {
        CoarseClock.set(0);
    }

    private void awaitUnreachable(int count) {
        awaitUnreachable(pool, count);
    }

    private void awaitUnreachable(FakePool where, int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return registry.leases().of(where).stream().filter(Lease.View::unreachable).count() == count;
        });
    }

    private Diagnosis certain(Object... entries) {
        return leak(Confidence.CERTAIN, entries);
    }

    private Diagnosis leak(Confidence confidence, Object... entries) {
        return Given.diagnosis(Fault.CONNECTION_LEAK, pool.id(), confidence,
                Arrays.stream(entries).map(pool::leaseOf).toList(), List.of(), Map.of("suspectAfter", 2_000L));
    }

    private Action action(Diagnosis diagnosis) {
        return Given.ready(remedy.prepare(diagnosis)).action();
    }

    @Test
    void whatATransactionKeepsIsLeftToItUntilItsEnd() throws Throwable {
        Object kept = pool.leak();
        Object leaked = pool.leak();
        awaitUnreachable(2);
        Action action = action(certain(kept, leaked));
        pool.enlisted.add(kept);
        action.apply();
        assertEquals(List.of(leaked), pool.closed);
        assertInstanceOf(Preparation.Impossible.class, remedy.prepare(certain(kept)));
        pool.enlisted.clear();
        action(certain(kept)).apply();
        assertEquals(List.of(leaked, kept), pool.closed);
    }

    @Test
    void closesTheLeakedConnectionsAndNoOther() throws Throwable {
        Object healthy = new Object();
        Object held = pool.borrow(healthy);
        Object first = pool.leak();
        Object second = pool.leak();
        pool.await(served::add);
        awaitUnreachable(2);

        Preparation.Ready ready = Given.ready(remedy.prepare(certain(first, second)));
        assertEquals(Risk.FORCEFUL, ready.plan().risk());
        assertTrue(ready.plan().claim().text().contains("2 connections"), ready.plan().claim().text());
        assertEquals("active=3 idle=0 total=3 max=3 waiting=1 leaked=2 closed=0 failed=0", ready.action().observe());
        assertEquals(Optional.empty(), ready.action().noLongerNeeded());
        ready.action().apply();

        assertEquals(List.of(first, second), pool.closed);
        assertTrue(pool.inUse(held));
        assertTrue(ready.action().claimHolds());
        assertEquals(1, served.size());
        assertEquals("active=2 idle=0 total=2 max=3 waiting=0 leaked=0 closed=2 failed=0", ready.action().observe());
        assertEquals(Optional.empty(), ready.action().loan());
        Reference.reachabilityFence(healthy);
    }

    @Test
    void leavesAConnectionAloneWhoseHandleIsStillReachable() {
        Object handle = new Object();
        Object entry = pool.borrow(handle);
        System.gc();
        assertEquals("pool:orders: none of the 1 leaked connection is out any more",
                Given.impossible(remedy.prepare(certain(entry))));
        Reference.reachabilityFence(handle);
    }

    @Test
    void leavesAnEscapedConnectionAlone() {
        Object handle = new Object();
        Object entry = pool.borrow(handle);
        registry.leases().escaped(handle);
        handle = null;
        awaitUnreachable(1);
        assertNull(handle);
        assertNotNull(Given.impossible(remedy.prepare(certain(entry))));
    }

    @Test
    void neverClosesASlotThatChangedHandsAfterThePlan() throws Throwable {
        Object entry = pool.leak();
        awaitUnreachable(1);
        Action action = action(certain(entry));

        pool.giveBack(entry);
        Object healthy = new Object();
        assertEquals(entry, pool.borrow(healthy), "the same slot, another borrower");

        assertTrue(action.noLongerNeeded().isPresent());
        action.apply();
        assertEquals(List.of(), pool.closed);
        assertTrue(pool.inUse(entry));
        Reference.reachabilityFence(healthy);
    }

    @Test
    void neverClosesASlotThatChangesHandsWhileAnotherIsBeingClosed() throws Throwable {
        Object first = pool.leak();
        Object second = pool.leak();
        awaitUnreachable(2);
        Action action = action(certain(first, second));
        Object healthy = new Object();
        pool.onClose = entry -> {
            pool.giveBack(second);
            assertEquals(second, pool.borrow(healthy));
        };
        action.apply();
        assertEquals(List.of(first), pool.closed);
        assertTrue(pool.inUse(second));
        assertTrue(action.claimHolds(), "what was closed is out");
        Reference.reachabilityFence(healthy);
    }

    @Test
    void neverClosesASlotThatChangesHandsWhileThePoolIsAskedAboutIt() throws Throwable {
        Object entry = pool.leak();
        awaitUnreachable(1);
        Action action = action(certain(entry));
        Object healthy = new Object();
        pool.onAsk = asked -> {
            pool.onAsk = nothing -> { };
            pool.giveBack(entry);
            pool.borrow(healthy);
        };
        action.apply();
        assertEquals(List.of(), pool.closed);
        assertTrue(pool.inUse(entry));
        Reference.reachabilityFence(healthy);
    }

    @Test
    void aSuspectedLeaseMustStayUnusedUntilItIsClosed() throws Throwable {
        Object handle = new Object();
        Object entry = pool.borrow(handle);
        CoarseClock.set(4);
        assertNotNull(Given.impossible(remedy.prepare(leak(Confidence.SUSPECTED, entry))), "unused for 1 s only");

        CoarseClock.set(40);
        Action action = action(leak(Confidence.SUSPECTED, entry));
        registry.leases().used(entry);
        CoarseClock.set(52);
        assertTrue(action.noLongerNeeded().isPresent(), "unused for 3 s again, but used since it was planned");
        action.apply();
        assertEquals(List.of(), pool.closed);

        CoarseClock.set(100);
        action = action(leak(Confidence.SUSPECTED, entry));
        action.apply();
        assertEquals(List.of(entry), pool.closed);
        assertTrue(action.claimHolds());
        Reference.reachabilityFence(handle);
    }

    @Test
    void anotherBorrowOfTheSameSlotIsNotWhatWasSuspected() throws Throwable {
        Object entry = pool.borrow(new Object());
        CoarseClock.set(40);
        Action action = action(leak(Confidence.SUSPECTED, entry));
        pool.giveBack(entry);
        Object healthy = new Object();
        assertEquals(entry, pool.borrow(healthy));
        CoarseClock.set(400);
        assertTrue(action.noLongerNeeded().isPresent(), "unused for long enough, but nobody suspected this borrow");
        action.apply();
        assertEquals(List.of(), pool.closed);
        Reference.reachabilityFence(healthy);
    }

    @Test
    void oneThatFailsDoesNotStopTheOthersAndTheClaimSaysSo() throws Throwable {
        Object first = pool.leak();
        Object second = pool.leak();
        awaitUnreachable(2);
        Action action = action(certain(first, second));
        pool.onClose = entry -> {
            if (entry == first) {
                throw new IllegalStateException("no");
            }
        };
        action.apply();
        assertEquals(List.of(second), pool.closed);
        assertFalse(action.claimHolds());
        assertEquals("active=1 idle=0 total=1 max=3 waiting=0 leaked=1 closed=1 failed=1 (java.lang.IllegalStateException: no)",
                action.observe());
    }

    @Test
    void aLeverThatFindsTheConnectionGivenBackAtTheLastMomentDidNotFail() throws Throwable {
        Object entry = pool.leak();
        awaitUnreachable(1);
        Action action = action(certain(entry));
        pool.onClose = closing -> {
            pool.giveBack(entry);
            throw new IllegalStateException("given back in the meantime");
        };
        action.apply();
        assertEquals(List.of(), pool.closed);
        assertTrue(action.observe().endsWith("leaked=0 closed=0 failed=0"), action.observe());
    }

    @Test
    void aLeaseOfAnotherPoolIsNoneOfItsBusiness() {
        FakePool other = new FakePool(registry, "billing", 1);
        Object entry = other.leak();
        awaitUnreachable(other, 1);
        pool.claimsEverything = true;
        Diagnosis diagnosis = Given.diagnosis(Fault.CONNECTION_LEAK, pool.id(), Confidence.CERTAIN,
                List.of(other.leaseOf(entry)), List.of(), Map.of());
        assertNotNull(Given.impossible(remedy.prepare(diagnosis)));
    }

    @Test
    void failsWhenNothingCouldBeClosed() {
        Object entry = pool.leak();
        awaitUnreachable(1);
        Action action = action(certain(entry));
        pool.onClose = closing -> {
            throw new IllegalStateException("no");
        };
        assertEquals("no", assertThrows(IllegalStateException.class, action::apply).getMessage());
    }

    @Test
    void endsTheLeaseWhereTheHookMissedTheClose() throws Throwable {
        Object entry = pool.leak();
        awaitUnreachable(1);
        pool.closeCallsHook = false;
        Action action = action(certain(entry));
        action.apply();
        assertTrue(action.claimHolds());
        assertEquals(List.of(), registry.leases().of(pool));
    }

    @Test
    void aCloseWithoutEffectIsNoSuccessAndTheLeaseStays() throws Throwable {
        Object entry = pool.leak();
        awaitUnreachable(1);
        pool.closeWorks = false;
        Action action = action(certain(entry));
        action.apply();
        assertFalse(action.claimHolds());
        assertEquals(1, registry.leases().of(pool).size(), "so that the leak is found again");
    }

    @Test
    void aFreedSlotThatServesNobodyIsNoSuccess() throws Throwable {
        pool.leak();
        pool.leak();
        Object entry = pool.leak();
        pool.await(served::add);
        awaitUnreachable(3);
        pool.databaseUp = false;
        Action action = action(certain(entry));
        action.apply();
        assertFalse(action.claimHolds());

        pool.databaseUp = true;
        pool.kick.pull(1);
        assertTrue(action.claimHolds());
    }

    @Test
    void refusesWithTheSentenceOfTheMissingLever() {
        Object entry = pool.leak();
        awaitUnreachable(1);
        pool.closeEntry = Lever.absent("this version of the pool cannot close a connection that is out");
        assertEquals("pool:orders: this version of the pool cannot close a connection that is out",
                Given.impossible(remedy.prepare(certain(entry))));
    }

    @Test
    void refusesWhenThePoolIsGone() {
        Object entry = pool.leak();
        Diagnosis diagnosis = certain(entry);
        pool.gone = true;
        assertEquals("pool:orders: the pool is gone", Given.impossible(remedy.prepare(diagnosis)));
    }
}
