package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A data source was started. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool) {
        Hooks.appeared("vibur", pool);
    }
}
