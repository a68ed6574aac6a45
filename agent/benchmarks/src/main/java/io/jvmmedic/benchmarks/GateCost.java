package io.jvmmedic.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a gate costs, in a JVM with the agent and {@code immunity.enabled}: it suffers a deadlock, and then compares the code
 * that is gated because of it with the same code that takes its locks in one order. Both in turns in one JVM, so that other
 * load on the machine meets both.
 *
 * <p>Prints the CPU time of an acquisition that nobody else wants, and the throughput of several threads that want the same
 * two locks and do 1 µs of work under them. Argument: seconds for each figure.
 */
public final class GateCost {

    private static final int CALLS = 2_000_000;
    private static final long TURN_MILLIS = 500;
    private static final long PATIENCE_MILLIS = 60_000;
    /** The proof takes two looks a second apart, and the gate is woven right after it. */
    private static final long WEAVING_MILLIS = 8_000;
    private static final long CALIBRATION_TOKENS = 5_000_000;

    private static final class Count implements Runnable {
        private int count;

        @Override
        public void run() {
            count++;
        }
    }

    private GateCost() {
    }

    public static void main(String[] arguments) throws Exception {
        int turns = (int) ((arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20) * 1_000 / TURN_MILLIS / 2);
        for (String kind : new String[] {"blocks", "locks"}) {
            suffer(kind);
            alone(kind, turns);
            for (int threads : new int[] {2, 4}) {
                together(kind, threads, turns);
            }
        }
        System.exit(0);
    }

    private static void suffer(String kind) throws InterruptedException {
        Crossing sick = Crossing.of(kind);
        AtomicBoolean over = new AtomicBoolean();
        for (boolean forth : new boolean[] {true, false}) {
            Thread thread = new Thread(() -> {
                while (!over.get()) {
                    cross(sick, forth, Thread::onSpinWait);
                }
            }, "sick");
            thread.setDaemon(true);
            thread.start();
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = System.currentTimeMillis();
        while (threads.findDeadlockedThreads() == null) {
            if (System.currentTimeMillis() - start > PATIENCE_MILLIS) {
                throw new IllegalStateException("no deadlock came; is there a file of signatures from an earlier run?");
            }
            Thread.sleep(100);
        }
        Thread.sleep(WEAVING_MILLIS);
        // A deadlock of locks is broken: who went on would pass the same gate all the time, beside what is measured.
        over.set(true);
    }

    private static void cross(Crossing crossing, boolean forth, Runnable work) {
        if (forth) {
            crossing.ab(work);
        } else {
            crossing.ba(work);
        }
    }

    /** The least of many turns: whatever else runs only adds. */
    private static void alone(String kind, int turns) {
        Crossing gated = Crossing.of(kind);
        Ordered ordered = Ordered.of(kind);
        Count work = new Count();
        double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int turn = 0; turn < turns; turn++) {
            least[0] = Math.min(least[0], nanosPerCall(() -> ordered.both(work)));
            least[1] = Math.min(least[1], nanosPerCall(() -> gated.ab(work)));
        }
        System.out.printf(Locale.ROOT, "%s, one thread: %.1f ns of CPU time, gated %.1f ns, the gate is %.1f ns%n", kind,
                least[0], least[1], least[1] - least[0]);
    }

    private static double nanosPerCall(Runnable call) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (threads.getCurrentThreadCpuTime() - before) / (double) CALLS;
    }

    private static void together(String kind, int threads, int turns) throws InterruptedException {
        long tokens = tokensOfAMicrosecond();
        Runnable work = () -> Blackhole.consumeCPU(tokens);
        Crossing gated = Crossing.of(kind);
        Ordered ordered = Ordered.of(kind);
        double[] ratios = new double[turns];
        double[] calls = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            double without = callsPerSecond(threads, forth -> ordered.both(work));
            calls[turn] = callsPerSecond(threads, forth -> cross(gated, forth, work));
            ratios[turn] = calls[turn] / without;
        }
        System.out.printf(Locale.ROOT, "%s, %d threads: gated %.0f thousand calls a second, x%.2f of those in one order%n",
                kind, threads, median(calls) / 1_000, median(ratios));
    }

    private static long tokensOfAMicrosecond() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            Blackhole.consumeCPU(CALIBRATION_TOKENS);
            least = Math.min(least, System.nanoTime() - start);
        }
        return Math.max(1, CALIBRATION_TOKENS * 1_000 / least);
    }

    private interface Side {
        void call(boolean forth);
    }

    private static double callsPerSecond(int count, Side side) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        LongAdder calls = new LongAdder();
        CountDownLatch ended = new CountDownLatch(count);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            boolean forth = i % 2 == 0;
            new Thread(() -> {
                while (!stop.get()) {
                    side.call(forth);
                    calls.increment();
                }
                ended.countDown();
            }).start();
        }
        Thread.sleep(TURN_MILLIS);
        stop.set(true);
        ended.await();
        return calls.sum() * 1e9 / (System.nanoTime() - start);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
