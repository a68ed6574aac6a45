package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * The pool lets go of a handler for good; the housekeeper closes it later. On enter: on exit the new one that takes its
 * place may be out already.
 */
final class LeavesAdvice {

    private LeavesAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object entry) {
        Hooks.discarded(entry);
    }
}
