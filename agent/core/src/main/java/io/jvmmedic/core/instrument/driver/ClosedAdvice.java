package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection is being closed; on enter, for a close that fails was meant as one, too. */
final class ClosedAdvice {

    private ClosedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object connection) {
        Hooks.closed(connection);
    }
}
