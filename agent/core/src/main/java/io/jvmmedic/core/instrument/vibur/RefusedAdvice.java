package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The pool could not open a connection: that is what an unchecked exception means here. */
final class RefusedAdvice {

    private RefusedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Thrown Throwable thrown) {
        if (thrown instanceof RuntimeException) {
            Hooks.refused(pool, thrown.getCause());
        }
    }
}
