package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Housekeeping asked for a new entry on behalf of those who wait, without waiting itself. */
final class HousekeepingAdvice {

    private HousekeepingAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit() {
        Hooks.waited();
    }
}
