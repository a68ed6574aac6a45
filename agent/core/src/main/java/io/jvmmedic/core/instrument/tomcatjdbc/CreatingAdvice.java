package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** There is room, so the borrower connects: what it waits for now is the database, not the pool. */
final class CreatingAdvice {

    private CreatingAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter() {
        Hooks.waited();
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.refused(pool, error);
        }
    }
}
