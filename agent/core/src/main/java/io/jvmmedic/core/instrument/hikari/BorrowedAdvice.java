package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** An entry leaves the pool inside a new proxy. */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object entry, @Advice.FieldValue("hikariPool") Object pool,
            @Advice.Return Object handle) {
        Hooks.borrowed("hikari", pool, entry, handle);
    }
}
