package io.jvmmedic.core.boot;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Waits until the host has started, so that our start does not compete with it: Flight Recorder's first start alone takes
 * about 0.4 s of CPU. The host is taken to have started when it uses less than half a core; as long as it starts there is
 * nothing to heal, and before {@code startup-grace} has passed nothing may be healed.
 */
final class HostStart {

    /** Before this much uptime every JVM is still busy with itself. */
    private static final Duration LEAST = Duration.ofSeconds(1);
    /** Left of the grace for the rounds that a detector needs to see. */
    private static final Duration ROUNDS = Duration.ofSeconds(3);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final double CALM_CORES = 0.5;

    /** The parts of time, for tests without waiting. */
    interface Sleep {
        void of(Duration time) throws InterruptedException;
    }

    private final Supplier<Duration> cpu;
    private final Sleep sleep;

    /** @param cpu CPU time of this process so far; {@code null} where the system does not tell */
    HostStart(Supplier<Duration> cpu, Sleep sleep) {
        this.cpu = cpu;
        this.sleep = sleep;
    }

    static HostStart ofThisJvm() {
        return new HostStart(() -> ProcessHandle.current().info().totalCpuDuration().orElse(null),
                time -> Thread.sleep(time.toMillis()));
    }

    /** Returns when the host is calm, or when the grace is nearly over. */
    void await(Duration grace) throws InterruptedException {
        sleep.of(LEAST);
        Duration used = cpu.get();
        for (Duration waited = LEAST; waited.plus(ROUNDS).compareTo(grace) < 0; waited = waited.plus(LOOK_EVERY)) {
            sleep.of(LOOK_EVERY);
            Duration now = cpu.get();
            if (used == null || now == null || now.minus(used).toMillis() < CALM_CORES * LOOK_EVERY.toMillis()) {
                return;
            }
            used = now;
        }
    }
}
