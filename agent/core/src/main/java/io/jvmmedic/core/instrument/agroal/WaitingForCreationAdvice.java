package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Up to Agroal 2 a borrower that wants a new connection waits for the housekeeper to make it. */
final class WaitingForCreationAdvice {

    private WaitingForCreationAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Object pool) {
        Hooks.waiting("agroal", pool);
    }
}
