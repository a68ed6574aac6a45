package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower asks whether its connection still works: of all calls the one that does not pass {@link UsedAdvice}. */
final class AskedAdvice {

    private AskedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("proxiedPooledConnection") Object entry) {
        if (entry != null) {
            Hooks.used(entry);
        }
    }
}
