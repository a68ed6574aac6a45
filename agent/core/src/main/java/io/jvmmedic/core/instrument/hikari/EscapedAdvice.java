package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * The borrower gets an object of the driver out of the connection proxy. It works without the proxy, so an unreachable
 * proxy proves nothing any more.
 */
final class EscapedAdvice {

    private EscapedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle) {
        Hooks.escaped(handle);
    }
}
