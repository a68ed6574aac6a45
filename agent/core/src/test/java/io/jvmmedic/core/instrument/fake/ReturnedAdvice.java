package io.jvmmedic.core.instrument.fake;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

final class ReturnedAdvice {

    private ReturnedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object entry) {
        Hooks.returned(entry);
    }
}
