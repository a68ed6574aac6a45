package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower gets an object out of the connection that works without it; {@code unwrap} may give the connection itself. */
final class EscapedAdvice {

    private EscapedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handleOrEntry, @Advice.Return Object value) {
        if (value != null && value != handleOrEntry) {
            Hooks.escaped(handleOrEntry);
        }
    }
}
