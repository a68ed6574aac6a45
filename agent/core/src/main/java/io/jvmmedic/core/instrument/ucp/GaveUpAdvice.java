package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The wait of a borrower is booked: in vain. */
final class GaveUpAdvice {

    private GaveUpAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool, @Advice.Argument(0) boolean served) {
        if (!served) {
            Hooks.gaveUp(pool);
        }
    }
}
