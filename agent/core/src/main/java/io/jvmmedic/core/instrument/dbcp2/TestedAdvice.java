package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The server is asked whether a connection works: by default at each borrow, and without a timeout. */
final class TestedAdvice {

    private TestedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object entry) {
        Hooks.testing(entry);
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object entry) {
        Hooks.tested(entry);
    }
}
