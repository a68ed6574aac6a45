package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Nothing is idle. Whoever comes here creates, or waits until somebody else is done with that, or finds no room and waits
 * for a return. */
final class CreateAdvice {

    private CreateAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool) {
        Hooks.waiting("dbcp2", pool);
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.refused(pool, error);
        }
    }
}
