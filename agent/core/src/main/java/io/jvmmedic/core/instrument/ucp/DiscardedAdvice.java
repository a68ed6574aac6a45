package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The pool closes a connection for good. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("upc") Object entry) {
        Hooks.discarded(entry);
    }
}
