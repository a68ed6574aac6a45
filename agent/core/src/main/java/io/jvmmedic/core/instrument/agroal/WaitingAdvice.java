package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower found nothing and is about to park; the calm path does not come here. */
final class WaitingAdvice {

    private WaitingAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.waiting("agroal", pool);
    }
}
