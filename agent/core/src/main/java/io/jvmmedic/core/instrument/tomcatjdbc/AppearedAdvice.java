package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A pool was constructed. */
final class AppearedAdvice {

    private AppearedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool) {
        Hooks.appeared("tomcatjdbc", pool);
    }
}
