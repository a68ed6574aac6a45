package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A connection is given out. The handle is the proxy's invocation handler: the proxy holds it, and so do the handlers of
 * all statements and result sets that come out of it.
 */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle, @Advice.Argument(0) Object entry, @Advice.Argument(1) Object pool) {
        Hooks.borrowed("vibur", pool, entry, handle);
    }
}
