package io.jvmmedic.bootstrap;

/**
 * Ends the wait for a lock that could never be granted: the thread was part of a deadlock, and JVM Medic chose it as
 * the one to give way. The lock was not acquired; locks held already are given back by the {@code finally} blocks on the
 * way out. The message names the cycle and the incident.
 *
 * <p>A {@code RuntimeException}, so that the layers above treat it as one failed request: a transaction rolls back, a
 * retry may try again. An {@code Error} is taken for fatal by some frameworks.
 */
public final class DeadlockVictimException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DeadlockVictimException(String message) {
        super(message);
    }
}
