package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower timed out. */
final class GaveUpAdvice {

    private GaveUpAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.gaveUp(pool);
    }
}
