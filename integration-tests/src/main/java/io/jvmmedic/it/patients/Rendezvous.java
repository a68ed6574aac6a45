package io.jvmmedic.it.patients;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes an unlucky moment certain: everybody stands at the same line before anybody goes on. */
final class Rendezvous {

    private static final long PATIENCE_MILLIS = 500;

    private final CyclicBarrier barrier;

    Rendezvous(int parties) {
        barrier = new CyclicBarrier(parties);
    }

    /** Waits for the others, but not for ever: then the moment is missed and comes again. */
    void meet() throws InterruptedException {
        try {
            barrier.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            barrier.reset();
        } catch (BrokenBarrierException e) {
            // One of the others lost patience first.
        }
    }
}
