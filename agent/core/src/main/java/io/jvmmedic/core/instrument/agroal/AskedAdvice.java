package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A transaction is being ended, or the connection asked whether it works. */
final class AskedAdvice {

    private AskedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("handler") Object entry) {
        Hooks.used(entry);
    }
}
