package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** The borrower gets the driver's own object out of a proxy. */
final class UnwrappedAdvice {

    private UnwrappedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Through(UsedAdvice.CONNECTION) Object handle) {
        Hooks.escaped(handle);
    }
}
