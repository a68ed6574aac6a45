package io.jvmmedic.core.instrument.immunity;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.locks.Habits;
import io.jvmmedic.core.resource.GateView;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Woven methods do what they did, hold their place in the gate exactly as long as the lock, and leave nothing behind. */
class GatedMethodTest {

    @TempDir
    Path folder;

    private final Sickbed bed = new Sickbed();
    private Immunity immunity;
    private Object habits;

    @BeforeEach
    void open() {
        immunity = bed.immunity(true);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    /** One gate per method: its place twice, so one thread at a time. */
    private void gate(String... methods) throws Exception {
        SignatureFile file = new SignatureFile(folder.resolve("signatures"), bed.warnings::add);
        for (String method : methods) {
            Position position = Woven.in(Habits.class, method);
            file.add(Woven.signature(position, position));
        }
        immunity.open(folder.resolve("signatures"), true);
        habits = Class.forName(Habits.class.getName(), true, new Sickbed.Fresh(Habits.class))
                .getDeclaredConstructor().newInstance();
        for (GateView.Row row : immunity.rows()) {
            assertEquals("GATED", row.state(), row.reason());
        }
    }

    private Object call(String name, Object... arguments) throws Exception {
        Method method = Arrays.stream(habits.getClass().getDeclaredMethods()).filter(one -> one.getName().equals(name))
                .findFirst().orElseThrow();
        try {
            return method.invoke(habits, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception known ? known : new IllegalStateException(e.getCause());
        }
    }

    private Object field(String name) throws Exception {
        return habits.getClass().getField(name).get(habits);
    }

    private Callable<Object> inside() {
        return immunity::inside;
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "method", "staticMethod", "locked", "tried", "reading"})
    void theHoldLastsAsLongAsTheLock(String method) throws Exception {
        gate(method);
        assertEquals(1, call(method, inside()));
        assertEquals(0, immunity.inside());
        assertEquals(1, immunity.rows().get(0).passes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "method", "staticMethod", "locked", "tried", "reading"})
    void anExceptionGoesWhereItWouldHaveGone(String method) throws Exception {
        gate(method);
        IllegalStateException thrown = new IllegalStateException("work");
        Callable<Object> failing = () -> {
            throw thrown;
        };
        assertEquals(thrown, assertThrows(IllegalStateException.class, () -> call(method, failing)));
        assertEquals(0, immunity.inside());
        assertEquals(1, call(method, inside()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "method", "locked", "reading"})
    void aThreadThatIsInsideComesInAgain(String method) throws Exception {
        gate(method);
        assertEquals(2, call(method, (Callable<?>) () -> call(method, inside())));
        assertEquals(0, immunity.inside());
        assertEquals(0, immunity.rows().get(0).waits());
    }

    @Test
    void everyReturnIsTheSame() throws Exception {
        gate("returning");
        Callable<Object> five = () -> 5L;
        assertEquals(5L, call("returning", 0, five));
        assertEquals(5L, call("returning", 2, five));
        assertEquals(10L, call("returning", 5, five));
        assertEquals(-7L, call("returning", 7, five));
        assertEquals(-1L, call("returning", 1, (Callable<?>) () -> {
            throw new IllegalStateException();
        }));
        assertThrows(ArithmeticException.class, () -> call("returning", 1, (Callable<?>) () -> {
            throw new ArithmeticException();
        }));
        assertEquals(0, immunity.inside());
        assertEquals(6, immunity.rows().get(0).passes());
    }

    @Test
    void anAcquisitionThatThrowsLeavesNoHoldEvenWhereTheMethodGoesOn() throws Exception {
        gate("nullMonitor", "politely");
        assertEquals(0, call("nullMonitor", inside()));
        Thread.currentThread().interrupt();
        assertEquals(0, call("politely", inside()));
        assertEquals("locked", call("politely", inside()));
        assertEquals(0, immunity.inside());
    }

    @Test
    void anAttemptThatFailsLeavesNoHold() throws Exception {
        gate("tried", "triedForAWhile");
        Thread other = holder((ReentrantLock) field("lock"));
        assertEquals(0, call("tried", inside()));
        assertEquals("x100", call("triedForAWhile", 10L, inside()));
        other.interrupt();
        other.join();
        assertEquals(1, call("triedForAWhile", 60_000L, inside()));
    }

    private static Thread holder(Lock lock) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        Thread thread = Sickbed.daemon(() -> {
            lock.lock();
            held.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                lock.unlock();
            }
        });
        held.await();
        return thread;
    }

    @Test
    void anotherLockThatIsGivenBackDoesNotEndTheHold() throws Exception {
        gate("nested");
        assertEquals(1, call("nested", new ReentrantLock(), inside()));
        assertEquals(0, immunity.inside());
    }

    @Test
    void aLockThatOutlivesItsMethodIsHeldUntilItIsGivenBack() throws Exception {
        gate("taken");
        call("taken");
        assertEquals(1, immunity.inside());
        ((ReentrantLock) field("lock")).unlock();
        AtomicReference<Object> done = new AtomicReference<>();
        Thread next = Sickbed.daemon(() -> {
            try {
                call("taken");
                done.set("taken");
            } catch (Exception e) {
                done.set(e);
            }
        });
        next.join(Sickbed.SOON.toMillis());
        assertEquals("taken", done.get());
        assertEquals(0, immunity.rows().get(0).waits());
    }

    @ParameterizedTest
    @ValueSource(strings = {"awaiting", "waiting"})
    void whoWaitsInsideDoesNotKeepOthersOut(String method) throws Exception {
        gate(method);
        CountDownLatch inside = new CountDownLatch(2);
        Callable<Object> count = () -> {
            inside.countDown();
            return "woken";
        };
        AtomicReference<Object> first = new AtomicReference<>();
        AtomicReference<Object> second = new AtomicReference<>();
        for (AtomicReference<Object> result : List.of(first, second)) {
            Sickbed.daemon(() -> {
                try {
                    result.set(call(method, count));
                } catch (Exception e) {
                    result.set(e);
                }
            });
        }
        assertTrue(inside.await(Sickbed.SOON.toSeconds(), TimeUnit.SECONDS), "the second one was kept out");
        await().atMost(Sickbed.SOON).until(() -> {
            call("wake");
            return "woken".equals(first.get()) && "woken".equals(second.get());
        });
        assertEquals(0, immunity.rows().get(0).bypasses());
        assertEquals(1, immunity.rows().get(0).asides());
        assertEquals(0, immunity.inside());
    }

    @Test
    void twoSignaturesMayNameTheSamePlace() throws Exception {
        Position both = Woven.in(Habits.class, "block");
        SignatureFile file = new SignatureFile(folder.resolve("signatures"), bed.warnings::add);
        file.add(Woven.signature(both, Woven.in(Habits.class, "waiting")));
        gate("block");
        assertEquals(2, call("block", inside()));
        assertEquals(0, immunity.inside());
    }
}
