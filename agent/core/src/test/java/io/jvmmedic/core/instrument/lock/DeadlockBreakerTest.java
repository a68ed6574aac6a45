package io.jvmmedic.core.instrument.lock;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real threads in real queues: exactly one wait ends, nobody else notices, nothing is left behind. */
class DeadlockBreakerTest {

    private static final Runnable NOTHING = () -> { };

    private final DeadlockBreaker breaker = BootBridge.breaker();

    /**
     * One way to wait.
     *
     * @param wanted what is waited for while {@code held} is held
     */
    private record Kind(String name, Lock held, Lock wanted, Function<Thread, Boolean> queued) {

        static Kind of(boolean fair) {
            ReentrantLock lock = new ReentrantLock(fair);
            return new Kind((fair ? "fair" : "unfair") + " lock", lock, lock, lock::hasQueuedThread);
        }

        static Kind of(boolean fair, boolean read) {
            ReentrantReadWriteLock lock = new ReentrantReadWriteLock(fair);
            return new Kind((fair ? "fair" : "unfair") + (read ? " read" : " write") + " lock", lock.writeLock(),
                    read ? lock.readLock() : lock.writeLock(), lock::hasQueuedThread);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(Kind.of(false), Kind.of(true), Kind.of(false, false), Kind.of(true, false), Kind.of(false, true),
                Kind.of(true, true));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void endsTheFirstWaitAndTheOthersAreServed(Kind kind) throws Throwable {
        kind.held().lock();
        LockPatient first = LockPatient.start("first", NOTHING, kind.wanted());
        LockWait wait = first.awaitWaiting(breaker);
        LockPatient second = LockPatient.start("second", NOTHING, kind.wanted());
        second.awaitWaiting(breaker);

        assertTrue(wait.isFirst());
        assertEquals(Optional.empty(), breaker.obstacle(wait));
        breaker.end(wait, "incident 7");

        first.awaitEnd();
        assertTrue(first.isVictim(), () -> String.valueOf(first.failure()));
        assertEquals("incident 7", first.failure().getMessage());
        assertTrue(wait.isGone());
        assertTrue(kind.queued().apply(second.thread()));
        kind.held().unlock();
        second.awaitEnd();
        assertNull(second.failure());
        assertFree(kind);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void endsAWaitBetweenOthersAndTheyKeepTheirPlaces(Kind kind) throws Throwable {
        kind.held().lock();
        List<LockPatient> queue = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            queue.add(LockPatient.start("waiter-" + i, NOTHING, kind.wanted()));
            queue.get(i).awaitWaiting(breaker);
        }
        for (int i : new int[] {2, 4, 1}) {
            LockWait wait = queue.get(i).awaitWaiting(breaker);
            assertFalse(wait.isFirst());
            assertEquals(Optional.empty(), breaker.obstacle(wait));
            breaker.end(wait, "gives way");
            queue.get(i).awaitEnd();
            assertTrue(queue.get(i).isVictim());
            assertTrue(wait.isGone());
        }
        assertTrue(queue.get(3).awaitWaiting(breaker).queue().isFirst(queue.get(0).awaitWaiting(breaker).synchronizer(),
                queue.get(0).awaitWaiting(breaker).node()));
        kind.held().unlock();
        for (int i : new int[] {0, 3}) {
            queue.get(i).awaitEnd();
            assertNull(queue.get(i).failure());
        }
        assertFree(kind);
    }

    private static void assertFree(Kind kind) throws InterruptedException {
        assertTrue(kind.held().tryLock(30, TimeUnit.SECONDS), "somebody still holds it");
        kind.held().unlock();
    }

    /** {@code lock()} swallows an interrupt while it waits, and sets it again when it ends; so it must when ended by us. */
    @Test
    void anInterruptThatCameWhileWaitingIsKept() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        LockPatient first = LockPatient.start("first", NOTHING, lock);
        LockPatient second = LockPatient.start("second", NOTHING, lock);
        for (LockPatient patient : List.of(first, second)) {
            patient.awaitWaiting(breaker);
            patient.thread().interrupt();
            await().atMost(LockPatient.SOON).until(() -> !patient.thread().isInterrupted());
        }
        for (LockPatient patient : List.of(second, first)) {
            breaker.end(patient.awaitWaiting(breaker), "gives way");
            patient.awaitEnd();
            assertTrue(patient.isVictim());
            assertTrue(patient.wasInterrupted());
        }
        lock.unlock();
    }

    @Test
    void withoutAnInterruptThereIsNone() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        LockPatient patient = LockPatient.start("patient", NOTHING, lock);
        breaker.end(patient.awaitWaiting(breaker), "gives way");
        patient.awaitEnd();
        assertFalse(patient.wasInterrupted());
        lock.unlock();
    }

    @Test
    void aLaterWaitOfTheSameThreadForTheSameLockIsAnother() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        CountDownLatch again = new CountDownLatch(1);
        LockPatient patient = LockPatient.start("patient", NOTHING, any -> {
            any.lock();
            any.unlock();
            again.await();
            any.lock();
        }, lock);
        LockWait old = patient.awaitWaiting(breaker);
        lock.unlock();
        await().atMost(LockPatient.SOON).until(old::isOver);
        lock.lock();
        again.countDown();
        LockWait now = patient.awaitWaiting(breaker);
        assertTrue(old.isOver());
        assertThrows(IllegalStateException.class, () -> breaker.end(old, "too late"));
        assertFalse(now.isOver());
        lock.unlock();
        patient.awaitEnd();
        assertNull(patient.failure());
    }

    @Test
    void waitsThatCannotBeEndedWithoutATraceAreNamed() {
        ReentrantLock lock = new ReentrantLock();
        Condition changed = lock.newCondition();
        LockPatient awaiting = LockPatient.start("awaiting", NOTHING, any -> {
            any.lock();
            changed.await();
        }, lock);
        awaitSignalled(lock, changed);
        // Woken up, it finds the signal, and the lock taken.
        LockSupport.unpark(awaiting.thread());
        LockPatient timed = LockPatient.start("timed", NOTHING, any -> any.tryLock(1, TimeUnit.HOURS), lock);
        LockPatient polite = LockPatient.start("polite", NOTHING, Lock::lockInterruptibly, lock);
        LockPatient initializing = LockPatient.start("initializing", NOTHING, any -> {
            Slow.lock = any;
            Slow.Initialized.touch();
        }, lock);

        assertEquals("gets the lock back after a condition, or waits in a way that is not known", obstacle(awaiting));
        assertEquals("gets the lock back after a condition, or waits in a way that is not known", obstacle(timed));
        assertEquals("waits interruptibly behind others", obstacle(polite));
        assertEquals("is initializing " + Slow.Initialized.class.getName() + ", which would stay unusable",
                obstacle(initializing));
        lock.unlock();
        for (LockPatient patient : List.of(awaiting, timed, polite, initializing)) {
            patient.awaitEnd();
            assertNull(patient.failure());
        }
    }

    /** Holds the lock afterwards. */
    private static void awaitSignalled(ReentrantLock lock, Condition changed) {
        lock.lock();
        while (!lock.hasWaiters(changed)) {
            lock.unlock();
            Thread.yield();
            lock.lock();
        }
        changed.signal();
    }

    private String obstacle(LockPatient patient) {
        return breaker.obstacle(patient.awaitWaiting(breaker)).orElse("none");
    }

    /** Waits for a lock while a class is being initialized. */
    private static final class Slow {

        static volatile Lock lock;

        static final class Initialized {
            static {
                lock.lock();
            }

            static void touch() {
            }
        }
    }

    @Test
    void aPoliteWaitThatIsFirstIsEnded() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        LockPatient polite = LockPatient.start("polite", NOTHING, Lock::lockInterruptibly, lock);
        LockWait wait = polite.awaitWaiting(breaker);
        assertEquals(Optional.empty(), breaker.obstacle(wait));
        breaker.end(wait, "gives way");
        polite.awaitEnd();
        assertTrue(polite.isVictim());
        lock.unlock();
    }

    @Test
    void nothingIsWovenBeforeNorAfterwards() throws Throwable {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        LockPatient patient = LockPatient.start("patient", NOTHING, lock);
        LockWait wait = patient.awaitWaiting(breaker);
        Class<?> type = wait.synchronizer().getClass();
        assertEquals(0, callsOfOurs(type));
        breaker.end(wait, "gives way");
        patient.awaitEnd();
        assertEquals(0, callsOfOurs(type));
        lock.unlock();
    }

    /** Calls into the bridge in the class as the JVM runs it. */
    private static int callsOfOurs(Class<?> type) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ClassFileTransformer reader = new ClassFileTransformer() {
            @Override
            public byte[] transform(ClassLoader loader, String name, Class<?> loaded, ProtectionDomain domain, byte[] bytes) {
                if (loaded == type) {
                    new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
                        @Override
                        public MethodVisitor visitMethod(int access, String method, String descriptor, String signature,
                                String[] exceptions) {
                            return new MethodVisitor(Opcodes.ASM9) {
                                @Override
                                public void visitMethodInsn(int code, String owner, String called, String of, boolean face) {
                                    if (owner.startsWith("io/jvmmedic/")) {
                                        calls.incrementAndGet();
                                    }
                                }
                            };
                        }
                    }, 0);
                }
                return null;
            }
        };
        BootBridge.instrumentation().addTransformer(reader, true);
        try {
            BootBridge.instrumentation().retransformClasses(type);
        } finally {
            BootBridge.instrumentation().removeTransformer(reader);
        }
        return calls.get();
    }
}
