package io.jvmmedic.benchmarks;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Executors and a free lock: nothing of ours is on these paths, and this shows it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExecutorBenchmark {

    private final ReentrantLock lock = new ReentrantLock();
    private ExecutorService executor;
    private int counter;

    @Setup
    public void open() {
        executor = Executors.newFixedThreadPool(2);
    }

    @TearDown
    public void close() {
        executor.shutdownNow();
    }

    @Benchmark
    public Integer submitAndGet() throws ExecutionException, InterruptedException {
        return executor.submit(() -> 1).get();
    }

    @Benchmark
    public Integer forkJoin() {
        return ForkJoinPool.commonPool().submit(() -> 1).join();
    }

    @Benchmark
    public int uncontendedLock() {
        lock.lock();
        try {
            return counter++;
        } finally {
            lock.unlock();
        }
    }
}
