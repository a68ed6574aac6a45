package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower asks whether its connection still works. */
final class AskedAdvice {

    private AskedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object handle) {
        Hooks.usedThrough(handle);
    }
}
