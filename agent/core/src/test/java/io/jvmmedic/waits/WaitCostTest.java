package io.jvmmedic.waits;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What looking for waits costs among 5,000 threads and 50 executors, at rest and until a knot, a lock cycle and a class
 * deadlock are certain: CPU of the sampler, and the pauses of the whole JVM, collections included. Prints figures for
 * {@code docs/performance.md} and asserts nothing of them; {@code -Dwaits.cost=true} runs it.
 */
@EnabledIfSystemProperty(named = "waits.cost", matches = "true")
class WaitCostTest {

    private static final int THREADS = 5_000;
    private static final int DEPTH = 40;
    private static final int EXECUTORS = 50;
    private static final int ROUNDS = 30;

    private final CountDownLatch end = new CountDownLatch(1);
    private final List<ExecutorService> executors = new ArrayList<>();
    private Thread sampler;
    private Object runtime;
    private Method safepointMillis;
    /** The part of them until all threads had stopped, which on a busy machine is the most. */
    private Method syncMillis;
    private Method safepoints;

    private void sleep(int depth) {
        if (depth > 0) {
            sleep(depth - 1);
            return;
        }
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void openCounters() throws Exception {
        Class<?> helper = Class.forName("sun.management.ManagementFactoryHelper");
        new ModuleOpener(ByteBuddyAgent.install()).open(helper.getModule(), "sun.management");
        Method get = helper.getDeclaredMethod("getHotspotRuntimeMBean");
        get.setAccessible(true);
        runtime = get.invoke(null);
        safepointMillis = counter("getTotalSafepointTime");
        syncMillis = counter("getSafepointSyncTime");
        safepoints = counter("getSafepointCount");
    }

    private Method counter(String name) throws NoSuchMethodException {
        Method counter = runtime.getClass().getMethod(name);
        counter.setAccessible(true);
        return counter;
    }

    private long read(Method counter) throws ReflectiveOperationException {
        return (long) counter.invoke(runtime);
    }

    /** To be found before anything is measured: that is a dump of all threads. */
    private static Thread sampler() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("jvm-medic-sampler")).findFirst().orElseThrow();
    }

    private long samplerCpuMillis() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(sampler.getId()) / 1_000_000;
    }

    /** Work of one step. */
    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private void measure(String name, Step step) throws Exception {
        System.gc();
        long cpu = samplerCpuMillis();
        long millis = read(safepointMillis);
        long sync = read(syncMillis);
        long count = read(safepoints);
        long start = System.nanoTime();
        step.run();
        long took = (System.nanoTime() - start) / 1_000_000;
        System.out.println(name + ": " + took + " ms, sampler " + (samplerCpuMillis() - cpu) + " ms of CPU, "
                + (read(safepoints) - count) + " pauses of " + (read(safepointMillis) - millis) + " ms, "
                + (read(syncMillis) - sync) + " of them until all threads had stopped");
    }

    @Test
    void amongThousandsOfThreads() throws Exception {
        openCounters();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(null, () -> sleep(DEPTH), "sleeper-" + i, 256 << 10);
            thread.setDaemon(true);
            thread.start();
        }
        for (int i = 0; i < EXECUTORS; i++) {
            executors.add(Executors.newFixedThreadPool(2));
            executors.get(i).submit(() -> 1).get();
        }
        try (WaitWatch watch = new WaitWatch()) {
            sampler = sampler();
            watch.awaitRounds(20);
            measure("at rest, " + ROUNDS + " rounds", () -> watch.awaitRounds(ROUNDS));
            measure("knot of two executors", () -> {
                cross();
                watch.awaitFault(Fault.WAIT_KNOT, Confidence.CERTAIN);
            });
            measure("knot that stands, " + ROUNDS + " rounds", () -> watch.awaitRounds(ROUNDS));
            measure("deadlock of monitors", () -> {
                deadlock();
                watch.awaitFault(Fault.LOCK_DEADLOCK, Confidence.CERTAIN);
            });
            measure("deadlock of classes", () -> {
                new Thread(() -> System.out.println(One.VALUE)).start();
                new Thread(() -> System.out.println(Two.VALUE)).start();
                watch.awaitDiagnosis(one -> one.primary().confidence() == Confidence.CERTAIN
                        && one.primary().cause().contains("the initialization of"));
            });
        }
    }

    private void cross() {
        CyclicBarrier all = new CyclicBarrier(4);
        for (int i = 0; i < 4; i++) {
            ExecutorService own = executors.get(i % 2);
            ExecutorService other = executors.get(1 - i % 2);
            own.submit(() -> {
                all.await(60, TimeUnit.SECONDS);
                return other.submit(() -> 1).get();
            });
        }
    }

    private void deadlock() {
        Object left = new Object();
        Object right = new Object();
        CyclicBarrier both = new CyclicBarrier(2);
        for (List<Object> order : List.of(List.of(left, right), List.of(right, left))) {
            Thread thread = new Thread(() -> {
                synchronized (order.get(0)) {
                    meet(both);
                    synchronized (order.get(1)) {
                        meet(both);
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final CyclicBarrier INITIALIZERS = new CyclicBarrier(2);

    static final class One {
        static final Integer VALUE;

        static {
            meet(INITIALIZERS);
            VALUE = Two.VALUE;
        }
    }

    static final class Two {
        static final Integer VALUE;

        static {
            meet(INITIALIZERS);
            VALUE = One.VALUE;
        }
    }
}
