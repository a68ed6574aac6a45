package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.Waiter;
import io.jvmmedic.core.util.CoarseClock;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handle nobody can reach is no proof while a statement may still be running on the connection. Public, for H2 calls into it. */
public class PoolRowsTest {

    private static final CountDownLatch GO_ON = new CountDownLatch(1);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final Leases leases = registry.leases();
    private final Object hostPool = new Object();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicReference<Thread> borrower = new AtomicReference<>();
    private final PoolRows rows = new PoolRows(leases, new ThreadView() {
        @Override
        public Thread byId(long id) {
            Thread thread = borrower.get();
            return thread != null && thread.isAlive() && thread.getId() == id ? thread : null;
        }

        @Override
        public int count() {
            return 1;
        }
    });

    /** Called by H2 from inside a statement; returns when the test lets it. */
    public static int longStatement() throws InterruptedException {
        GO_ON.await();
        return 1;
    }

    @AfterEach
    void resetClock() {
        CoarseClock.set(0);
    }

    @Test
    void aLeakedConnectionWhoseStatementStillRunsIsInUseUntilItEnds() throws Exception {
        Object entry = new Object();
        CountDownLatch borrowed = new CountDownLatch(1);
        borrower.set(new Thread(() -> {
            leases.borrowed(hostPool, entry, new Object(), (host, all) -> new OnePool(host, waiting));
            borrowed.countDown();
            runLongStatement();
        }, "migration"));
        borrower.get().start();
        borrowed.await();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return row().flag("unreachable");
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> row().flag("inUse"));

        GO_ON.countDown();
        borrower.get().join();
        assertTrue(row().flag("unreachable"));
        assertFalse(row().flag("inUse"), "the statement is over and the thread is gone");
        assertNotNull(entry);
    }

    private static void runLongStatement() {
        try (var connection = DriverManager.getConnection("jdbc:h2:mem:");
                var statement = connection.createStatement()) {
            statement.execute("create alias long_statement for '" + PoolRowsTest.class.getName() + ".longStatement'");
            statement.execute("select long_statement()");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A reader on a thread of its own, an asynchronous export: whoever borrowed it may wait for another one meanwhile. */
    @Test
    void aConnectionThatWasHandedOnIsHeldByTheThreadThatWorksOnItUntilThatIsDone() throws Exception {
        Object entry = new Object();
        Object handle = new Object();
        leases.borrowed(hostPool, entry, handle, (host, all) -> new OnePool(host, waiting));
        CountDownLatch used = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        borrower.set(new Thread(() -> {
            leases.used(entry);
            used.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "reader"));
        borrower.get().start();
        used.await();
        PoolHandle pool = registry.pools().get(0);
        waiting.set(1);
        leases.waiting(hostPool, (host, all) -> new OnePool(host, waiting));
        long self = Thread.currentThread().getId();
        Signal row = row(pool, Signal.HELD_CONNECTION);
        assertEquals(0, row(pool, Signal.WAITING_BORROWER).number("holds"));
        assertEquals("reader", row.text("thread"));
        assertEquals(borrower.get().getId(), row.number("threadId"));
        assertEquals("", row.text("waitsFor"), "it is not the one who waits");
        goOn.countDown();
        borrower.get().join();
        row = row(pool, Signal.HELD_CONNECTION);
        assertEquals(1, row(pool, Signal.WAITING_BORROWER).number("holds"));
        assertEquals(self, row.number("threadId"));
        assertEquals("pool:one", row.text("waitsFor"), "it has it in hand again");
        assertNotNull(handle);
    }

    /** A row costs less than a probe: those that fetch rows are asked only where it tells a slow reader from a leak. */
    @Test
    void rowsAreFollowedWhileALeaseLiesUnusedWhoseBorrowerIsDoneOrWaits() {
        Signal.Builder atWork = Signal.of(Signal.HELD_CONNECTION, 0).with("idleFor", 40_000).with("scopeOver", false)
                .with("waitsFor", "");
        assertFalse(PoolRows.mayBeReadFrom(atWork.build()), "its borrower is still at it");
        assertFalse(PoolRows.mayBeReadFrom(atWork.with("scopeOver", true).with("idleFor", 1_000).build()), "just used");
        assertTrue(PoolRows.mayBeReadFrom(atWork.with("idleFor", 2_000).build()));
        assertTrue(PoolRows.mayBeReadFrom(atWork.with("scopeOver", false).with("waitsFor", "pool:one").with("idleFor", 0)
                .build()), "two looks later it would be taken for locked");
        assertFalse(PoolRows.mayBeReadFrom(Signal.of(Signal.POOL, 0).build()));
    }

    private Signal row(PoolHandle pool, String type) {
        Map<Long, Waiter> waiters = leases.waiters().stream().collect(Collectors.toMap(Waiter::threadId, one -> one));
        return rows.of(pool, waiters, 1, 0, -1).stream().filter(row -> row.type().equals(type)).findFirst().orElseThrow();
    }

    @Test
    void whileSomebodyWaitsTheSlotTimeIsToldBySiteAndForAWhileAfter() {
        Object entry = new Object();
        Object handle = new Object();
        borrower.set(Thread.currentThread());
        leases.borrowed(hostPool, entry, handle, (host, all) -> new OnePool(host, waiting));
        PoolHandle pool = registry.pools().get(0);
        assertEquals(List.of(), slotTimes(rows.of(pool, Map.of(), 1, 0, -1)), "nobody waits");
        waiting.set(3);
        for (int tick = 2; tick <= 4; tick++) {
            rows.of(pool, Map.of(), tick, 0, -1);
        }
        waiting.set(0);
        List<Signal> told = slotTimes(rows.of(pool, Map.of(), 5, 0, -1));
        assertEquals(1, told.size());
        assertEquals(3_000, told.get(0).number("otherTime"));
        assertEquals(0, told.get(0).number("jdbcTime"));
        assertFalse(told.get(0).text("site").isEmpty());
        assertEquals(List.of(new SlotTime(told.get(0).text("site"), 1, 0, 3_000, 0)), rows.slotTimes(pool));
        assertEquals(List.of(), slotTimes(rows.of(pool, Map.of(), 60, 0, -1)), "long over");
        assertNotNull(handle);
    }

    private static List<Signal> slotTimes(List<Signal> rows) {
        return rows.stream().filter(row -> row.type().equals(Signal.SLOT_TIME)).toList();
    }

    private Signal row() {
        PoolHandle pool = registry.pools().get(0);
        List<Signal> held = rows.of(pool, Map.of(), 1, 0, -1).stream()
                .filter(signal -> signal.type().equals(Signal.HELD_CONNECTION)).toList();
        return held.isEmpty() ? Signal.of(Signal.HELD_CONNECTION, 0).build() : held.get(0);
    }

    /** One slot, out. */
    private record OnePool(Object host, AtomicInteger waiting) implements PoolHandle {
        private static final String WHY = "not in this test";

        @Override
        public ResourceId id() {
            return new ResourceId(ResourceId.Kind.POOL, "one");
        }

        @Override
        public String library() {
            return "test";
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public boolean isAbout(Object hostObject) {
            return host == hostObject;
        }

        @Override
        public State state() {
            return new State(1, 0, 1, 1, waiting.get());
        }

        @Override
        public boolean wraps(String type) {
            return type.startsWith("com.acme.pool.");
        }

        @Override
        public boolean inUse(Object entry) {
            return true;
        }

        @Override
        public List<Object> entriesInUse() {
            return List.of();
        }

        @Override
        public Lever<Object> closeEntry() {
            return Lever.absent(WHY);
        }

        @Override
        public Lever<Object> evictHandle() {
            return Lever.absent(WHY);
        }

        @Override
        public Lever<Void> softEvict() {
            return Lever.absent(WHY);
        }

        @Override
        public Lever<Integer> resize() {
            return Lever.absent(WHY);
        }

        @Override
        public Lever<Integer> kick() {
            return Lever.absent(WHY);
        }
    }
}
