package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Whoever filled the pool or asked for its health asked for connections without being a borrower. */
final class HousekeepingAdvice {

    private HousekeepingAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit() {
        Hooks.waited();
    }
}
