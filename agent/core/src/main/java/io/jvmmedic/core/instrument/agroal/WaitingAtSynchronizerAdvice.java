package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Up to Agroal 2.5 a borrower parks at its pool's synchronizer, and no method of the pool itself lies on the way. */
final class WaitingAtSynchronizerAdvice {

    private WaitingAtSynchronizerAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object synchronizer) {
        Hooks.waiting("agroal", synchronizer);
    }
}
