package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower gets an object of the driver out of the handle, one that works without it. */
final class EscapedAdvice {

    private EscapedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle) {
        Hooks.escaped(handle);
    }
}
