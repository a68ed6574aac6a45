package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** An error of the driver. */
final class FailedAdvice {

    private FailedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Through(UsedAdvice.CONNECTION) Object handle, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.failed(handle, error);
        }
    }
}
