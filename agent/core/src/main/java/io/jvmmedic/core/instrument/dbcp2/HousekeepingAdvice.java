package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A return or the evictor looked for room on behalf of others, without waiting itself. */
final class HousekeepingAdvice {

    private HousekeepingAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit() {
        Hooks.waited();
    }
}
