package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * The pool let go of an entry for good. On {@code PoolEntry.close}, not on {@code HikariPool.closeConnection}: that one
 * may find that the entry has been given back in between, and then destroys nothing.
 */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object entry) {
        Hooks.discarded(entry);
    }
}
