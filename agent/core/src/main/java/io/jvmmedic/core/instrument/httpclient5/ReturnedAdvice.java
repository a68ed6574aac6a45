package io.jvmmedic.core.instrument.httpclient5;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** An endpoint lets go of its entry; only after this does the manager give it back to the pool. */
final class ReturnedAdvice {

    private ReturnedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Return Object entry) {
        if (entry != null) {
            Hooks.returned(entry);
        }
    }
}
