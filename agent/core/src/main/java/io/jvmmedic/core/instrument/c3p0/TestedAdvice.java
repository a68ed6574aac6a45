package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The server is asked whether a connection works, by a borrower or a helper thread; without a timeout by default. */
final class TestedAdvice {

    private TestedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object entry) {
        Hooks.testing(entry);
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.Argument(0) Object entry) {
        Hooks.tested(entry);
    }
}
