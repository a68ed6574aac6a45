package io.jvmmedic.bootstrap;

import java.util.concurrent.RunnableScheduledFuture;
import java.util.function.BiConsumer;

/**
 * What the JDK's {@code FutureTask} calls while the core has its patch in it: a future has ended by an exception. Of those
 * that no scheduler has made nothing is told. Calls no other class of ours, and never throws.
 */
public final class EndedFutures {

    private static volatile BiConsumer<Object, Throwable> listener;

    private EndedFutures() {
    }

    /** @param target gets the future and its exception, on the host's thread; {@code null} for nobody */
    public static void connect(BiConsumer<Object, Throwable> target) {
        listener = target;
    }

    public static void ended(Object future, Throwable error) {
        if (future instanceof RunnableScheduledFuture) {
            BiConsumer<Object, Throwable> target = listener;
            if (target != null) {
                try {
                    target.accept(future, error);
                } catch (Throwable e) {
                    // Of no matter to the host; who listens counts what goes wrong.
                }
            }
        }
    }
}
