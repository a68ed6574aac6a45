package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A call on a connection failed. */
final class FailedAdvice {

    private FailedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("proxiedPooledConnection") Object entry, @Advice.Argument(0) Throwable error) {
        Hooks.failed(entry, error);
    }
}
