package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** The pool lets go of a connection for good. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Through("0.getConnection()") Object entry) {
        Hooks.discarded(entry);
    }
}
