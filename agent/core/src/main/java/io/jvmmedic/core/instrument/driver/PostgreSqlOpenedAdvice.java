package io.jvmmedic.core.instrument.driver;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A connection of PostgreSQL is open. On the driver's method and not on the constructor: with a login time-out, which
 * some pools set, the constructor runs on a thread of the driver, and who asked for it is not on that stack.
 */
final class PostgreSqlOpenedAdvice {

    private PostgreSqlOpenedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Object url, @Advice.Return Object connection) {
        Hooks.opened("postgresql", url, connection);
    }
}
