package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import java.sql.SQLTimeoutException;
import net.bytebuddy.asm.Advice;

/**
 * A borrower comes while no slot is free; the calm path asks for a number and goes on. A failure to connect comes out as
 * another exception than the time-out of the wait.
 */
final class WaitingAdvice {

    private WaitingAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool, @Through("poolService.remainingCapacity()") int free) {
        if (free <= 0) {
            Hooks.waiting("vibur", pool);
        }
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Thrown Throwable thrown) {
        if (thrown instanceof SQLTimeoutException) {
            Hooks.gaveUp(pool);
        } else if (thrown != null) {
            Hooks.waited();
        }
    }
}
