package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** An entry comes back; on enter, because c3p0 hands it on from a helper thread. */
final class ReturnedAdvice {

    private ReturnedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object entry) {
        Hooks.returned(entry);
    }
}
