package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A pool was constructed; c3p0 does that at the first borrow. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool) {
        Hooks.appeared("c3p0", pool);
    }
}
