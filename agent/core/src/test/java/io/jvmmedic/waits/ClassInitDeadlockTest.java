package io.jvmmedic.waits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.lock.BootBridge;
import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.resource.LockCycles.Member;
import io.jvmmedic.core.util.AppFrames;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Static initializers that wait for each other. They never end, so each test has classes and threads of its own. */
class ClassInitDeadlockTest {

    private final LockGraph graph = BootBridge.graph();

    private static void meet(CyclicBarrier both) {
        try {
            both.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private List<Member> awaitCycle(String... threads) {
        return Awaitility.await().atMost(WaitWatch.PATIENCE).until(() -> graph.cycles().stream()
                .filter(cycle -> cycle.stream().map(Member::thread).collect(Collectors.toSet()).equals(Set.of(threads)))
                .findFirst().orElse(null), cycle -> cycle != null);
    }

    private static final CyclicBarrier CROSSING = new CyclicBarrier(2);

    static final class Egg {
        static {
            meet(CROSSING);
            Hen.cackle();
        }

        static void lie() {
        }
    }

    static final class Hen {
        static {
            meet(CROSSING);
            Egg.lie();
        }

        static void cackle() {
        }
    }

    @Test
    void eachWaitsForTheOthersClass() {
        start("egg", Egg::lie);
        start("hen", Hen::cackle);
        List<Member> cycle = awaitCycle("egg", "hen");
        Member egg = cycle.stream().filter(member -> member.thread().equals("egg")).findFirst().orElseThrow();
        assertEquals(List.of("CLASS", "CLASS"), cycle.stream().map(Member::kind).toList());
        assertEquals(Hen.class.getName(), egg.lock());
        assertTrue(egg.site().startsWith(Egg.class.getName() + ".<clinit>(ClassInitDeadlockTest.java:"), egg.site());
        assertEquals(egg.site(), egg.holdsAt(), "it is at that initializer where it waits");
    }

    static class Elder {
        static {
            awaitStill(daughter);
            new Younger();
        }

        static void begin() {
        }
    }

    static final class Younger extends Elder {
    }

    private static volatile Thread mother;
    private static volatile Thread daughter;

    /** The thread has asked for the class and stands there, which no state and no stack tells. */
    private static void awaitStill(Thread thread) {
        long cpu = -1;
        int looks = 0;
        while (looks < 10) {
            LockSupport.parkNanos(100_000_000);
            long now = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
            boolean asked = AppFrames.top(thread.getStackTrace()).contains(".askForYounger(");
            looks = asked && now == cpu ? looks + 1 : 0;
            cpu = now;
        }
    }

    private static void askForYounger() {
        new Younger();
    }

    /** The commonest one: a class makes an instance of its subclass, which another thread uses first. */
    @Test
    void aSuperclassThatNeedsItsSubclass() {
        CountDownLatch begun = new CountDownLatch(1);
        daughter = new Thread(() -> {
            try {
                begun.await();
                Awaitility.await().until(() -> mother.getState() == Thread.State.TIMED_WAITING);
                askForYounger();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, "daughter");
        daughter.setDaemon(true);
        daughter.start();
        mother = start("mother", Elder::begin);
        begun.countDown();
        List<Member> cycle = awaitCycle("mother", "daughter");
        assertEquals(Set.of(Elder.class.getName(), Younger.class.getName()),
                cycle.stream().map(Member::lock).collect(Collectors.toSet()));
    }

    private static final Object MONITOR = new Object();
    private static final CountDownLatch TAKEN = new CountDownLatch(1);
    private static final CountDownLatch BEGUN = new CountDownLatch(1);

    static final class Registry {
        static {
            BEGUN.countDown();
            try {
                TAKEN.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            synchronized (MONITOR) {
                MONITOR.notifyAll();
            }
        }

        static void register() {
        }
    }

    @Test
    void aClassAndAMonitor() {
        start("initializer", Registry::register);
        start("owner", () -> {
            try {
                BEGUN.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            synchronized (MONITOR) {
                TAKEN.countDown();
                Registry.register();
            }
        });
        List<Member> cycle = awaitCycle("initializer", "owner");
        assertEquals(Set.of("CLASS", "MONITOR"), cycle.stream().map(Member::kind).collect(Collectors.toSet()));
    }

    private static final CountDownLatch LONG = new CountDownLatch(1);

    static final class Slow {
        static {
            try {
                LONG.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        static void use() {
        }
    }

    /** One initializer takes its time and several threads wait for it. */
    @Test
    void waitingForOneThatIsOnlySlowIsNoCycle() throws InterruptedException {
        Thread first = start("slow-1", Slow::use);
        Thread second = start("slow-2", Slow::use);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
        while (System.nanoTime() < until) {
            assertTrue(graph.cycles().stream().flatMap(List::stream).noneMatch(member -> member.thread().startsWith("slow-")));
            Thread.sleep(300);
        }
        LONG.countDown();
        first.join();
        second.join();
    }
}
