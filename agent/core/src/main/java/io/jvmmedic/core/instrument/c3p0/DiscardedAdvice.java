package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The pool let go of an entry for good; a helper thread closes the connection later. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Object entry) {
        Hooks.discarded(entry);
    }
}
