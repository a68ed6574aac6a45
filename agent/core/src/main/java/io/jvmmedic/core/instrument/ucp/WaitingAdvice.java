package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower found nothing available and could not make one itself: it is about to wait, for a while at a time. */
final class WaitingAdvice {

    private WaitingAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Return Object made) {
        if (made == null) {
            Hooks.waiting("ucp", pool);
        }
    }
}
