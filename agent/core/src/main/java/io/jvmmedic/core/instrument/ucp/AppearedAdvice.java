package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A pool is about to start: it has its name by then, which it has not in its constructor. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.appeared("ucp", pool);
    }
}
