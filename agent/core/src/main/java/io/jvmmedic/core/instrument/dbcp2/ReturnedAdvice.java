package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** An object comes back; on enter, because inside the method another thread may get it already. */
final class ReturnedAdvice {

    private ReturnedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object entry) {
        Hooks.returned(entry);
    }
}
