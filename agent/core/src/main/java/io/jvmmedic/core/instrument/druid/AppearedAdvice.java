package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A data source starts its threads: it is in use from now on, which its constructor does not say. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool) {
        Hooks.appeared("druid", pool);
    }
}
