package io.jvmmedic.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a gate costs. With the agent two other instances suffer the deadlock first, so that the code is gated. Without it
 * {@link #cross} takes both locks in one order, as somebody would write it who knew.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsPrepend = {"-Djvmmedic.immunity.enabled=true", "-Djvmmedic.startup-grace=0s",
    "-Djvmmedic.app-name=gates"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GateBenchmark {

    private static final long PATIENCE_MILLIS = 60_000;
    private static final long IMMUNE_MILLIS = 5_000;
    /** The gates are woven right after the signature was written. */
    private static final long WEAVING_MILLIS = 1_000;
    private static final long CALIBRATION_TOKENS = 5_000_000;
    private static final AtomicInteger SIDES = new AtomicInteger();

    @Param({"blocks", "locks"})
    public String library;

    private Crossing shared;
    private boolean gated;
    private long microsecond;
    private final Runnable work = () -> Blackhole.consumeCPU(microsecond);

    @Setup
    public void open() throws Exception {
        shared = Crossing.of(library);
        gated = isAgentHere();
        if (gated) {
            suffer();
        }
        Blackhole.consumeCPU(CALIBRATION_TOKENS);
        long start = System.nanoTime();
        Blackhole.consumeCPU(CALIBRATION_TOKENS);
        microsecond = Math.max(1, CALIBRATION_TOKENS * 1_000 / (System.nanoTime() - start));
    }

    private static boolean isAgentHere() {
        try {
            Class.forName("io.jvmmedic.bootstrap.Bridge", false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Until the deadlock has been there and its signature is written, or does not come because it was in an earlier run. */
    private void suffer() throws Exception {
        Path signatures = Path.of(System.getProperty("java.io.tmpdir"), "jvm-medic-" + System.getProperty("user.name"),
                "gates.signatures");
        Crossing sick = Crossing.of(library);
        AtomicBoolean stop = new AtomicBoolean();
        for (boolean forth : new boolean[] {true, false}) {
            Thread thread = new Thread(() -> crossUntil(stop, sick, forth), "sick");
            thread.setDaemon(true);
            thread.start();
        }
        long start = System.currentTimeMillis();
        boolean deadlocked = false;
        for (long now = start; deadlocked || now - start < IMMUNE_MILLIS; now = System.currentTimeMillis()) {
            deadlocked |= ManagementFactory.getThreadMXBean().findDeadlockedThreads() != null;
            if (deadlocked && Files.exists(signatures) && Files.getLastModifiedTime(signatures).toMillis() > start) {
                Thread.sleep(WEAVING_MILLIS);
                break;
            }
            if (now - start > PATIENCE_MILLIS) {
                throw new IllegalStateException("deadlocked, and no signature in " + signatures);
            }
            Thread.sleep(100);
        }
        stop.set(true);
    }

    private static void crossUntil(AtomicBoolean stop, Crossing sick, boolean forth) {
        while (!stop.get()) {
            if (forth) {
                sick.ab(Thread::onSpinWait);
            } else {
                sick.ba(Thread::onSpinWait);
            }
        }
    }

    /** One thread: which locks it takes, and in which order. */
    @State(Scope.Thread)
    public static class Side {
        private final boolean forth = SIDES.incrementAndGet() % 2 == 0;
        private final Runnable work = () -> this.count++;
        private Crossing own;
        private int count;

        @Setup
        public void open(GateBenchmark benchmark) {
            own = Crossing.of(benchmark.library);
        }
    }

    /** Locks of its own, nothing done under them: the gate is all that is added. */
    @Benchmark
    public int acquire(Side side) {
        side.own.ab(side.work);
        return side.count;
    }

    /** Shared locks, 1 µs of work under them. */
    @Benchmark
    public void cross(Side side) {
        if (side.forth || !gated) {
            shared.ab(work);
        } else {
            shared.ba(work);
        }
    }
}
