package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The pool let go of an entry for good. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Object entry) {
        Hooks.discarded(entry);
    }
}
