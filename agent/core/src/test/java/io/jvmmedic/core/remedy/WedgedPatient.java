package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A process with two deadlocked threads and a shutdown hook that waits for one of their locks; restarts itself. */
final class WedgedPatient {

    private static final Object FIRST = new Object();
    private static final Object SECOND = new Object();

    private WedgedPatient() {
    }

    public static void main(String[] args) throws Throwable {
        CountDownLatch bothHold = new CountDownLatch(2);
        start(() -> lock(FIRST, SECOND, bothHold));
        start(() -> lock(SECOND, FIRST, bothHold));
        long[] ids;
        do {
            Thread.onSpinWait();
            ids = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
        } while (ids == null);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("hook runs");
            synchronized (FIRST) {
                System.out.println("hook ended");
            }
        }));

        MedicConfig config = MedicConfig.of(Map.of("restart.enabled", "true", "restart.drain", "100ms",
                "restart.halt-after", "5s", "restart.readiness-file", args[0], "restart.termination-log", args[1]));
        Diagnosis deadlock = Given.diagnosis(Fault.LOCK_DEADLOCK, new ResourceId(ResourceId.Kind.LOCK, "cycle-1"),
                Confidence.CERTAIN, List.of(), Arrays.stream(ids).boxed().toList(), Map.of());
        Remedy remedy = new GracefulRestart(config, reason -> Files.writeString(Path.of(args[2]), reason), Optional::empty);
        Action restart = ((Preparation.Ready) remedy.prepare(deadlock)).action();
        if (restart.noLongerNeeded().isEmpty()) {
            restart.apply();
        }
        // The exit comes from another thread; this one is as alive as any of an application.
        Thread.currentThread().join();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void lock(Object outer, Object inner, CountDownLatch bothHold) {
        synchronized (outer) {
            bothHold.countDown();
            try {
                bothHold.await();
            } catch (InterruptedException e) {
                return;
            }
            synchronized (inner) {
                throw new IllegalStateException("no deadlock");
            }
        }
    }
}
