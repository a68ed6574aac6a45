package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.CoarseClock;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AbortDeadSessionsTest {

    private static final int SILENT_TICKS = 20_000 / CoarseClock.TICK_MILLIS;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 3);
    private final Remedy remedy = new AbortDeadSessions(registry, Clock.SYSTEM);
    private final List<Object> aborted = new ArrayList<>();
    private final List<Object> handles = new ArrayList<>();
    private boolean abortFails;

    @AfterEach
    void resetClock() {
        CoarseClock.set(0);
    }

    /** A borrower whose statement began 20 s ago; once aborted, its owner gets an exception and gives back. */
    private Object silent() {
        Object handle = new Object();
        handles.add(handle);
        // Each on a thread of its own: one that has two of them waits on one.
        Object entry = CompletableFuture.supplyAsync(() -> pool.borrow(handle), task -> new Thread(task).start()).join();
        pool.sessions.put(entry, (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    assertEquals("abort", method.getName(), "nothing else is safe beside a statement");
                    if (abortFails) {
                        throw new SQLException("no");
                    }
                    aborted.add(entry);
                    return null;
                }));
        return entry;
    }

    private Diagnosis diagnosis(Confidence confidence, Object... entries) {
        List<Long> leases = List.of(entries).stream().map(pool::leaseOf).toList();
        return Given.diagnosis(Fault.DEAD_PEER, pool.id(), confidence, leases, List.of(), Map.of("silentFor", 15_000L));
    }

    @Test
    void abortsTheDeadAndEvictsTheIdleAndLeavesTheLiving() throws Throwable {
        Object idle = pool.borrow(new Object());
        Object dead = silent();
        Object alive = silent();
        pool.giveBack(idle);
        CoarseClock.set(SILENT_TICKS);
        Preparation.Ready ready = Given.ready(remedy.prepare(diagnosis(Confidence.CERTAIN, dead)));
        assertEquals(Risk.FORCEFUL, ready.plan().risk());
        assertEquals("active=2 idle=1 total=3 max=3 waiting=0 dead=1 aborted=0", ready.action().observe());
        ready.action().apply();
        assertEquals(List.of(dead), aborted);
        assertFalse(ready.action().claimHolds(), "its borrower has it still");
        registry.leases().discarded(dead);
        pool.closeEntry().pull(dead);
        assertTrue(ready.action().claimHolds());
        assertTrue(pool.inUse(alive));
        assertEquals(0, pool.state().idle());
    }

    /** FORCEFUL: the policy shadows it, unless the user named this pool in {@code force-on-suspicion}. */
    @Test
    void silenceWithoutProofIsPlannedAsASuspicionForThePolicyToJudge() {
        Object entry = silent();
        CoarseClock.set(SILENT_TICKS);
        Plan plan = Given.ready(remedy.prepare(diagnosis(Confidence.SUSPECTED, entry))).plan();
        assertEquals(Confidence.SUSPECTED, plan.confidence());
        assertEquals(Risk.FORCEFUL, plan.risk());
        assertEquals(List.of(), aborted);
    }

    @Test
    void aSessionThatWasUsedOrGivenBackIsLeftAlone() throws Throwable {
        Object used = silent();
        Object back = silent();
        CoarseClock.set(SILENT_TICKS);
        Diagnosis diagnosis = diagnosis(Confidence.CERTAIN, used, back);
        Action action = Given.ready(remedy.prepare(diagnosis)).action();
        registry.leases().used(used);
        pool.giveBack(back);
        assertTrue(action.noLongerNeeded().isPresent());
        action.apply();
        assertEquals(List.of(), aborted);
        assertEquals("pool:orders: none of the 2 dead sessions waits for an answer any more",
                Given.impossible(remedy.prepare(diagnosis)));
    }

    @Test
    void whereTheDriversConnectionIsUnknownNothingCanBeAborted() {
        Object entry = silent();
        pool.sessions.clear();
        CoarseClock.set(SILENT_TICKS);
        assertEquals("pool:orders: the driver's connections below fake are not known",
                Given.impossible(remedy.prepare(diagnosis(Confidence.CERTAIN, entry))));
    }

    @Test
    void anAbortThatThrowsHasFailed() {
        Object entry = silent();
        abortFails = true;
        CoarseClock.set(SILENT_TICKS);
        Action action = Given.ready(remedy.prepare(diagnosis(Confidence.CERTAIN, entry))).action();
        assertThrows(SQLException.class, action::apply);
        assertFalse(action.claimHolds());
    }

    @Test
    void aPoolThatIsGoneIsSaid() {
        Object entry = silent();
        Diagnosis diagnosis = diagnosis(Confidence.CERTAIN, entry);
        pool.gone = true;
        assertEquals("pool:orders: the pool is gone", Given.impossible(remedy.prepare(diagnosis)));
    }

    /** Who is released borrows again at once, and would get the next dead one. */
    @Test
    void theIdleOnesGoFirst() throws Throwable {
        Object idle = pool.borrow(new Object());
        Object dead = silent();
        pool.giveBack(idle);
        CoarseClock.set(SILENT_TICKS);
        List<String> order = new ArrayList<>();
        Lever<Void> evict = pool.softEvict;
        pool.softEvict = Lever.of("FakePool.softEvict", nothing -> {
            order.add("evicted, aborted=" + aborted.size());
            evict.pull(nothing);
        });
        Given.ready(remedy.prepare(diagnosis(Confidence.CERTAIN, dead))).action().apply();
        assertEquals(List.of("evicted, aborted=0"), order);
        assertEquals(List.of(dead), aborted);
    }

    @Test
    void anEvictionThatHangsOrFailsKeepsNobodyFromBeingReleased() throws Throwable {
        Object dead = silent();
        CoarseClock.set(SILENT_TICKS);
        CountDownLatch end = new CountDownLatch(1);
        pool.softEvict = Lever.of("FakePool.softEvict", nothing -> end.await());
        Given.ready(remedy.prepare(diagnosis(Confidence.CERTAIN, dead))).action().apply();
        end.countDown();
        assertEquals(List.of(dead), aborted);
    }

    /** The pool itself has it in no list: it is neither idle nor borrowed. */
    @Test
    void aTestThatHangsIsReleasedToo() throws Throwable {
        Object entry = silent();
        pool.giveBack(entry);
        registry.leases().testing(entry);
        CoarseClock.set(SILENT_TICKS);
        long test = registry.leases().of(pool).get(0).id();
        Action action = Given.ready(remedy.prepare(Given.diagnosis(Fault.DEAD_PEER, pool.id(), Confidence.CERTAIN,
                List.of(test), List.of(), Map.of("silentFor", 15_000L)))).action();
        pool.softEvict = Lever.absent("not here");
        action.apply();
        assertEquals(List.of(entry), aborted);
        assertFalse(action.claimHolds());
        registry.leases().tested(entry);
        assertTrue(action.claimHolds());
    }

    /** As c3p0 does: what is out is nothing of the pool's any more once all idle ones are replaced. */
    @Test
    void aPoolThatLetsGoOfEverythingStillHasItsBorrowersReleased() throws Throwable {
        Object dead = silent();
        CoarseClock.set(SILENT_TICKS);
        Action action = Given.ready(remedy.prepare(diagnosis(Confidence.CERTAIN, dead))).action();
        pool.closeCallsHook = false;
        pool.softEvict = Lever.of("FakePool.softEvict", nothing -> pool.closeAll());
        action.apply();
        assertFalse(pool.inUse(dead));
        assertEquals(List.of(dead), aborted);
    }

    @Test
    void whoIsNotReleasedIsNoSuccess() throws Throwable {
        Object dead = silent();
        CoarseClock.set(SILENT_TICKS);
        Action action = Given.ready(remedy.prepare(diagnosis(Confidence.CERTAIN, dead))).action();
        pool.sessions.clear();
        pool.closeCallsHook = false;
        pool.softEvict = Lever.of("FakePool.softEvict", nothing -> pool.closeAll());
        action.apply();
        assertFalse(action.claimHolds(), "the pool has forgotten it, and its borrower waits for ever");
    }
}
