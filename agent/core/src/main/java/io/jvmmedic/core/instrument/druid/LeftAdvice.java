package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.SQLException;
import net.bytebuddy.asm.Advice;

/**
 * A borrower leaves without a connection. Druid's own exceptions have no SQLState, a driver's that could not connect has
 * one; and an interrupted borrower did not time out.
 */
final class LeftAdvice {

    private LeftAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Thrown Throwable thrown) {
        if (thrown != null) {
            if (thrown instanceof SQLException && ((SQLException) thrown).getSQLState() == null
                    && !(thrown.getCause() instanceof InterruptedException)) {
                Hooks.gaveUp(pool);
            } else {
                Hooks.waited();
            }
        }
    }
}
