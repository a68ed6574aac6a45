package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection leaves the pool inside a new proxy. */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Object pool, @Advice.Argument(1) Object entry, @Advice.Return Object handle) {
        Hooks.borrowed("ucp", pool, entry, handle);
    }
}
