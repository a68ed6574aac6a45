package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A borrower found nothing and parks; the calm path does not come here. A failed wait counts as given up, also when c3p0
 * sent the waiters away because the database did not answer; an interrupt does not.
 */
final class WaitingAdvice {

    private WaitingAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.waiting("c3p0", pool);
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Thrown Throwable thrown) {
        if (thrown == null || thrown instanceof InterruptedException) {
            Hooks.waited();
        } else {
            Hooks.gaveUp(pool);
        }
    }
}
