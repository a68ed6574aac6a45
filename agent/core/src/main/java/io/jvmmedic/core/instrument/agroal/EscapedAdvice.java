package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower gets an object of the driver out of the connection wrapper, one that works without the wrapper. */
final class EscapedAdvice {

    private EscapedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle) {
        Hooks.escaped(handle);
    }
}
