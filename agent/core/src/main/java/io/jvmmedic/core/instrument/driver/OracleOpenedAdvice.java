package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection of Oracle is open: this method logs on. */
final class OracleOpenedAdvice {

    private OracleOpenedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object connection, @Advice.FieldValue("url") Object url) {
        Hooks.opened("oracle", url, connection);
    }
}
