package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower leaves with an exception, an interrupt for example: whatever it waited for, it does not any more. */
final class LeftAdvice {

    private LeftAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.Thrown Throwable thrown) {
        if (thrown != null) {
            Hooks.waited();
        }
    }
}
