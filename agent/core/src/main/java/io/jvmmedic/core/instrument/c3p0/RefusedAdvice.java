package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The pool could not open a connection; c3p0 tries again some thirty times before it tells those who wait. */
final class RefusedAdvice {

    private RefusedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool, @Advice.Argument(0) Throwable error) {
        Hooks.refused(pool, error);
    }
}
