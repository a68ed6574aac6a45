package io.jvmmedic.core.resource;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.Jdk;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LeasesTest {

    private static final String CLOSED = "a pool that was closed";

    private final ResourceRegistry registry = new ResourceRegistry();
    private final Leases leases = registry.leases();
    private final Object pool = new Object();

    private record Handle(ResourceId id, Object about) implements ResourceHandle {
        @Override
        public String library() {
            return "test";
        }

        @Override
        public boolean alive() {
            return !about.equals(CLOSED);
        }

        @Override
        public boolean isAbout(Object hostObject) {
            return about == hostObject;
        }
    }

    private ResourceHandle handle() {
        return registry.find(pool);
    }

    private void borrow(Object entry, Object handle) {
        leases.borrowed(pool, entry, handle, (host, all) ->
                new Handle(all.uniqueId(ResourceId.Kind.POOL, "test"), host));
    }

    @Test
    void aBorrowIsSeenUntilItsReturn() {
        Object entry = new Object();
        Object connection = new Object();
        borrow(entry, connection);

        List<Lease.View> out = leases.of(handle());
        assertEquals(1, out.size());
        assertEquals(Thread.currentThread().getId(), out.get(0).threadId());
        assertFalse(out.get(0).unreachable());
        assertFalse(out.get(0).siteText().isEmpty(), "the first borrow of a slot tells its site");

        leases.returned(entry);
        assertEquals(List.of(), leases.of(handle()));
        assertNotNull(connection);
    }

    @Test
    void aDroppedHandleIsProvenUnreachableAndAHeldOneNever() {
        Object dropped = new Object();
        Object kept = new Object();
        Object held = new Object();
        borrow(dropped, new Object());
        borrow(kept, held);

        await().until(() -> {
            System.gc();
            return leases.of(handle()).stream().filter(Lease.View::unreachable).count() == 1;
        });
        Lease.View proven = leases.of(handle()).stream().filter(Lease.View::unreachable).findFirst().orElseThrow();
        assertEquals(dropped, leases.byId(proven.id()).entry());
        assertNotNull(held);
    }

    /** A finalizer may be just about to close the connection: as long as it has not run, nothing is proven. */
    @Test
    void aHandleWaitingForItsFinalizerIsNotProvenUnreachable() throws InterruptedException {
        CountDownLatch finalizing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Object entry = new Object();
        borrow(entry, new Finalizable(finalizing, goOn));
        await().until(() -> {
            System.gc();
            return finalizing.getCount() == 0;
        });
        System.gc();
        assertFalse(leases.of(handle()).get(0).unreachable());
        goOn.countDown();
        await().until(() -> {
            System.gc();
            return leases.of(handle()).get(0).unreachable();
        });
    }

    @SuppressWarnings({"deprecation", "removal"})
    private static final class Finalizable {
        private final CountDownLatch finalizing;
        private final CountDownLatch goOn;

        private Finalizable(CountDownLatch finalizing, CountDownLatch goOn) {
            this.finalizing = finalizing;
            this.goOn = goOn;
        }

        @Override
        protected void finalize() throws InterruptedException {
            finalizing.countDown();
            goOn.await();
        }
    }

    @Test
    void anIdNamesOneBorrowOnly() {
        Object entry = new Object();
        Object first = new Object();
        borrow(entry, first);
        long id = leases.of(handle()).get(0).id();
        leases.returned(entry);
        assertNull(leases.byId(id));
        Object second = new Object();
        borrow(entry, second);
        assertNull(leases.byId(id));
        assertNotEquals(id, leases.of(handle()).get(0).id());
        assertNotNull(first);
        assertNotNull(second);
    }

    @Test
    void escapeIsRememberedForThisBorrowOnly() {
        Object entry = new Object();
        Object first = new Object();
        borrow(entry, first);
        leases.escaped(first);
        assertTrue(leases.of(handle()).get(0).escaped());
        leases.returned(entry);
        Object second = new Object();
        borrow(entry, second);
        assertFalse(leases.of(handle()).get(0).escaped());
        assertNotNull(second);
    }

    /** More borrows than are remembered by what they are watched through; each time a thread of its own is the user. */
    @Test
    void aUseThroughTheHandleIsOfTheBorrowThatHasItNow() throws InterruptedException {
        List<Object> entries = Stream.generate(Object::new).limit(1_000).toList();
        for (int round = 0; round < 3; round++) {
            List<Object> handles = Stream.generate(Object::new).limit(entries.size()).toList();
            for (int i = 0; i < entries.size(); i++) {
                borrow(entries.get(i), handles.get(i));
            }
            Object odd = handles.get(round);
            Thread user = new Thread(() -> {
                for (int i = 0; i < handles.size(); i++) {
                    leases.usedThrough(handles.get(i));
                    leases.usedThrough(odd);
                }
            });
            user.start();
            user.join();
            leases.returned(entries.get(round));
            leases.usedThrough(odd);
            assertEquals(entries.size() - 1, leases.of(handle()).size());
            assertEquals(Set.of(Jdk.threadId(user)), leases.of(handle()).stream().map(Lease.View::userId).collect(Collectors.toSet()));
            entries.forEach(leases::returned);
        }
    }

    @Test
    void aUseIsNotOfWhatItsThreadBorrowedLast() throws InterruptedException {
        Object first = new Object();
        Object second = new Object();
        Object handle = new Object();
        Object later = new Object();
        borrow(first, handle);
        Thread user = new Thread(() -> {
            borrow(second, later);
            leases.usedThrough(handle);
            leases.returned(second);
            leases.usedThrough(later);
        });
        user.start();
        user.join();

        List<Lease.View> views = leases.of(handle());
        assertEquals(1, views.size());
        assertEquals(Jdk.threadId(user), views.get(0).userId());
        assertEquals(Jdk.threadId(Thread.currentThread()), views.get(0).threadId());
        assertNotNull(handle);
    }

    /** Pools that share one connection among all handles of a transaction: the dropped one is not the only one. */
    @Test
    void aSlotGivenOutTwiceIsNotJudgedByOneHandle() {
        Object entry = new Object();
        Object first = new Object();
        borrow(entry, first);
        assertFalse(leases.of(handle()).get(0).escaped());
        borrow(entry, new Object());
        assertTrue(leases.of(handle()).get(0).escaped());
        leases.returned(entry);
        borrow(entry, first);
        assertFalse(leases.of(handle()).get(0).escaped(), "a new borrow after the return is judged again");
        assertNotNull(first);
    }

    @Test
    void aWaiterIsListedUntilItBorrowsOrGivesUp() {
        HandleFactory factory = (host, all) -> new Handle(all.uniqueId(ResourceId.Kind.POOL, "test"), host);
        leases.waiting(pool, factory);
        assertEquals(1, leases.waiters().size());
        Object connection = new Object();
        borrow(new Object(), connection);
        assertEquals(0, leases.waiters().size());

        leases.waiting(pool, factory);
        leases.gaveUp(pool);
        assertEquals(0, leases.waiters().size());
        assertEquals(1, leases.timeouts(handle()));
        assertNotNull(connection);
    }

    /** Who comes while the last one goes would stay on the list for ever. */
    @Test
    void nobodyIsListedForLongerThanItsWait() throws InterruptedException {
        HandleFactory factory = (host, all) -> new Handle(all.uniqueId(ResourceId.Kind.POOL, "test"), host);
        AtomicBoolean wrong = new AtomicBoolean();
        List<Thread> threads = Stream.generate(() -> new Thread(() -> {
            for (int i = 0; i < 20_000; i++) {
                leases.waiting(pool, factory);
                leases.waited();
                if (leases.waiters().stream().anyMatch(waiter -> waiter.thread() == Thread.currentThread())) {
                    wrong.set(true);
                }
            }
        })).limit(4).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertFalse(wrong.get());
    }

    /** Else a thread that lives on would keep the handle, and with it the classes of the pool. */
    @Test
    void whoWaitedForAPoolThatIsGoneWaitsNoMore() {
        leases.waiting(CLOSED, (host, all) -> new Handle(all.uniqueId(ResourceId.Kind.POOL, "test"), host));
        assertEquals(1, leases.waiters().size());
        registry.prune();
        assertEquals(0, leases.waiters().size());
        assertEquals(0, registry.size());
    }

    @Test
    void concurrentBorrowsOfManySlotsAreNeverMixedUp() throws InterruptedException {
        int threads = 8;
        List<Thread> borrowers = new ArrayList<>();
        AtomicBoolean wrong = new AtomicBoolean();
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            Thread borrower = new Thread(() -> {
                Object entry = new Object();
                for (int i = 0; i < 20_000; i++) {
                    Object connection = new Object();
                    borrow(entry, connection);
                    Lease.View mine = leases.of(handle()).stream()
                            .filter(view -> view.threadId() == Thread.currentThread().getId()).findFirst().orElse(null);
                    if (i % 1_000 == 0 && (mine == null || mine.unreachable())) {
                        wrong.set(true);
                    }
                    leases.returned(entry);
                    java.lang.ref.Reference.reachabilityFence(connection);
                }
                leases.discarded(entry);
                done.countDown();
            });
            borrowers.add(borrower);
            borrower.start();
        }
        done.await();
        assertFalse(wrong.get());
        assertEquals(List.of(), leases.of(handle()));
    }

    @Test
    void theCountOfBorrowsNeverFalls() {
        Object entry = new Object();
        Object connection = new Object();
        for (int i = 0; i < 3; i++) {
            borrow(entry, connection);
            leases.returned(entry);
        }
        leases.discarded(entry);
        assertEquals(3, leases.borrows(handle()));
        borrow(new Object(), connection);
        assertEquals(4, leases.borrows(handle()));
    }

    @Test
    void sitesAreCapturedByABudgetThatGrowsWhenSomebodyWaits() {
        Object entry = new Object();
        Object connection = new Object();
        for (int i = 0; i < 50; i++) {
            borrow(entry, connection);
            assertFalse(leases.of(handle()).get(0).siteText().isEmpty());
            leases.returned(entry);
        }
        borrow(entry, connection);
        assertEquals("", leases.of(handle()).get(0).siteText(), "the budget of this tick is spent");
        leases.returned(entry);
        leases.waiting(pool, (host, all) -> new Handle(all.uniqueId(ResourceId.Kind.POOL, "test"), host));
        borrow(entry, connection);
        assertFalse(leases.of(handle()).get(0).siteText().isEmpty());
        assertNotNull(connection);
    }

    @Test
    void aSiteTeachesNothingBeforeItIsWarm() {
        SiteStatistics site = new SiteStatistics("somewhere");
        for (int i = 0; i < 49; i++) {
            site.held(3, true);
        }
        assertEquals(-1, site.typicalMillis());
        site.held(3, true);
        assertEquals(750, site.typicalMillis());
    }

    @Test
    void holdsInAJamAreNoHabitOfACalmSite() {
        SiteStatistics site = new SiteStatistics("somewhere");
        for (int i = 0; i < 100; i++) {
            site.held(1, true);
            site.held(40, false);
        }
        assertEquals(250, site.calmMillis());
        assertTrue(site.typicalMillis() >= 10_000, "typical " + site.typicalMillis());
    }

    @Test
    void aHabitOfLongAgoIsForgotten() {
        SiteStatistics site = new SiteStatistics("somewhere");
        for (int i = 0; i < 60; i++) {
            site.held(400, true);
        }
        assertTrue(site.typicalMillis() >= 100_000, "typical " + site.typicalMillis());
        for (int i = 0; i < 30_000; i++) {
            site.held(2, true);
        }
        assertEquals(500, site.typicalMillis());
        assertEquals(500, site.calmMillis());
    }

    @Test
    void aSiteLearnsThePausesFromWhichItsConnectionsCameBackAndNotALeakThatWasTakenAway() {
        Object entry = new Object();
        Object connection = new Object();
        try {
            borrow(entry, connection);
            CoarseClock.set(3);
            leases.used(entry);
            assertEquals(-1, leases.of(handle()).get(0).longestPauseMillis(), "too short to matter");
            CoarseClock.set(3 + 240);
            leases.used(entry);
            CoarseClock.set(3 + 240 + 20);
            assertEquals(60_000, leases.of(handle()).get(0).longestPauseMillis());
            leases.returned(entry);
            borrow(entry, connection);
            CoarseClock.set(10_000);
            leases.discarded(entry);
            borrow(entry, connection);
            assertTrue(leases.of(handle()).stream().allMatch(lease -> lease.longestPauseMillis() <= 60_000));
        } finally {
            CoarseClock.set(0);
        }
        assertNotNull(connection);
    }

    /** Else the next session that dies would be excused by how long one waited for this one. */
    @Test
    void whoWaitedForALostSessionTeachesNothing() {
        Object entry = new Object();
        Object connection = new Object();
        try {
            for (int i = 0; i < 60; i++) {
                CoarseClock.set(10 * i);
                borrow(entry, connection);
                CoarseClock.set(10 * i + 1);
                leases.returned(entry);
            }
            borrow(entry, connection);
            long typical = leases.of(handle()).get(0).typicalHoldMillis();
            CoarseClock.set(2_000);
            leases.failed(entry, new SQLException("aborted", "08006"));
            leases.returned(entry);
            borrow(entry, connection);
            assertTrue(typical > 0);
            assertEquals(typical, leases.of(handle()).get(0).typicalHoldMillis());
        } finally {
            CoarseClock.set(0);
        }
        assertNotNull(connection);
    }

    /** Not as a borrow: a pool's own test teaches nothing about a site, and proves nothing about a handle. */
    @Test
    void aTestOfAFreeSlotIsSeenWhileItLasts() {
        Object entry = new Object();
        leases.testing(entry);
        assertEquals(0, leases.waiters().size(), "nobody knows this slot yet");
        borrow(entry, new Object());
        long borrow = leases.of(handle()).get(0).id();
        leases.testing(entry);
        leases.tested(entry);
        assertEquals(borrow, leases.of(handle()).get(0).id(), "who has it may test it without harm");
        leases.returned(entry);
        assertEquals(List.of(), leases.of(handle()));

        leases.testing(entry);
        Lease.View test = leases.of(handle()).get(0);
        assertTrue(test.isTest());
        assertTrue(test.escaped(), "never to be reclaimed");
        assertEquals(Thread.currentThread().getId(), test.userId());
        assertEquals(entry, leases.byId(test.id()).entry());
        assertEquals(1, leases.borrows(handle()));
        leases.tested(entry);
        assertEquals(List.of(), leases.of(handle()));
        assertNull(leases.byId(test.id()));

        Object connection = new Object();
        borrow(entry, connection);
        Lease.View next = leases.of(handle()).get(0);
        assertFalse(next.isTest() || next.escaped());
        assertTrue(next.id() != borrow && next.id() != test.id());
        assertNotNull(connection);
    }

    @Test
    void whoTestsASlotDoesNotWaitForOne() {
        Object entry = new Object();
        borrow(entry, new Object());
        leases.returned(entry);
        leases.waiting(pool, null);
        assertEquals(1, leases.waiters().size());
        leases.testing(entry);
        assertEquals(0, leases.waiters().size());
    }
}
