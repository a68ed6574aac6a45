package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Where Agroal does not track JDBC resources, a statement is the bare one of the driver and works without the wrapper. */
final class UntrackedAdvice {

    private UntrackedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle, @Advice.Argument(0) Object bare, @Advice.Return Object given) {
        if (bare == given && bare != null) {
            Hooks.escaped(handle);
        }
    }
}
