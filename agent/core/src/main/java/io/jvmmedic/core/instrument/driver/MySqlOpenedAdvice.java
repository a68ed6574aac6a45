package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection of MySQL is open: its constructor connects. */
final class MySqlOpenedAdvice {

    private MySqlOpenedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object connection, @Advice.Argument(0) Object source) {
        Hooks.opened("mysql", source, connection);
    }
}
