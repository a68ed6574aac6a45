package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection was aborted; on exit, for some drivers refuse it from Java 24 on and leave the connection open. */
final class AbortedAdvice {

    private AbortedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object connection) {
        Hooks.closed(connection);
    }
}
