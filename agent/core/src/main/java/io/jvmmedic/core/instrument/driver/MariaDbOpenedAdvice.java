package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection of MariaDB is open: its constructor connects. */
final class MariaDbOpenedAdvice {

    private MariaDbOpenedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object connection, @Advice.Argument(0) Object source) {
        Hooks.opened("mariadb", source, connection);
    }
}
