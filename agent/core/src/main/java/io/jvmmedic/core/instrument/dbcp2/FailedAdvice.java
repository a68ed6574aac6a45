package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** An error of the driver: those of statements and result sets pass here too. */
final class FailedAdvice {

    private FailedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object entry, @Advice.Argument(0) Throwable error) {
        Hooks.failed(entry, error);
    }
}
