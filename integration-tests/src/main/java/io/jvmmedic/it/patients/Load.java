package io.jvmmedic.it.patients;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Steady traffic: some client threads that each start a request at a fixed rate and wait for it. A client that was held
 * up does not catch up, so throughput after a repair cannot be flattered by a backlog.
 */
final class Load {

    /** One request; throws when it fails. */
    @FunctionalInterface
    interface Request {
        void send() throws Exception;
    }

    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean running = true;
    private volatile String lastFailure = "";

    Load(String name, int clients, long periodMillis, Request request) {
        long period = TimeUnit.MILLISECONDS.toNanos(periodMillis);
        for (int i = 0; i < clients; i++) {
            Patient.daemon(name + "-" + i, () -> drive(request, period));
        }
    }

    void stop() {
        running = false;
    }

    /** {@code done=<n> failed=<n> nanos=<clock>}, and why the last one failed. */
    String status() {
        return "done=" + done.sum() + " failed=" + failed.sum() + " nanos=" + System.nanoTime()
                + (lastFailure.isEmpty() ? "" : " last=" + lastFailure.replace(' ', '_').replace('\n', '_'));
    }

    private void drive(Request request, long period) {
        long next = System.nanoTime();
        while (running) {
            try {
                request.send();
                done.increment();
            } catch (Exception e) {
                failed.increment();
                lastFailure = e.toString();
            }
            next = Math.max(next + period, System.nanoTime());
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }
}
