package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Who destroys or makes connections asks the creator for more as well, without waiting for one. */
final class HousekeepingAdvice {

    private HousekeepingAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit() {
        Hooks.waited();
    }
}
