package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower found nothing, asks the creator for a connection and is about to park; the calm path does not come here. */
final class WaitingAdvice {

    private WaitingAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.waiting("druid", pool);
    }
}
