package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower gets an object of the driver out of a proxy. */
final class EscapedAdvice {

    private EscapedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("proxiedPooledConnection") Object entry) {
        Hooks.escaped(entry);
    }
}
