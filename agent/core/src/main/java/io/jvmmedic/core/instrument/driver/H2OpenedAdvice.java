package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection of H2 is open: its constructor connects. */
final class H2OpenedAdvice {

    private H2OpenedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object connection, @Advice.Argument(0) Object source) {
        Hooks.opened("h2", source, connection);
    }
}
