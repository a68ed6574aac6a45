package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The server may be asked whether a connection works, which has no timeout by default; meanwhile it is in no queue. */
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
