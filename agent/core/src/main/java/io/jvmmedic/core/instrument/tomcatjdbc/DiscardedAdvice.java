package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The pool lets go of an entry for good: once released it is never connected again. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object entry) {
        Hooks.discarded(entry);
    }
}
