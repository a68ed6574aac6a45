package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A handler leaves the pool inside a new wrapper. Within a transaction each {@code getConnection} makes one more wrapper
 * of the same handler, and the transaction ends by way of the handler: no wrapper's fate proves anything then.
 */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object entry, @Advice.FieldValue("connectionPool") Object pool,
            @Advice.FieldValue("enlisted") boolean enlisted, @Advice.Return Object handle) {
        Hooks.borrowed("agroal", pool, entry, handle);
        if (enlisted) {
            Hooks.escaped(handle);
        }
    }
}
