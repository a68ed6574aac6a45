package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A borrower missed its thread's own cache and turns to the pool. Makes pools known that were there before us and have
 * nothing scheduled: up to Agroal 2.5 the place where borrowers park does not know its pool.
 */
final class MetAdvice {

    private MetAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.appeared("agroal", pool);
    }
}
