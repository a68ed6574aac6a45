package io.jvmmedic.core.instrument.httpclient5;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection manager was constructed. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object manager) {
        Hooks.appeared("httpclient5", manager);
    }
}
