package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower got an entry and validates or connects it. One that turns out to be released is no use, and it waits on. */
final class ServedAdvice {

    private ServedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter() {
        Hooks.waited();
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Return Object entry, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.refused(pool, error);
        } else if (entry == null) {
            Hooks.waiting("tomcatjdbc", pool);
        }
    }
}
