package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower gets what is inside the connection proxy: it works without the proxy. */
final class UnwrappedAdvice {

    private UnwrappedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("connection") Object entry) {
        Hooks.escaped(entry);
    }
}
