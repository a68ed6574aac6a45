package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A pool was constructed; the handle's factory declines it if it pools something else. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool) {
        Hooks.appeared("dbcp2", pool);
    }
}
