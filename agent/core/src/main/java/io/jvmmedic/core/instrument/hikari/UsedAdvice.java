package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A statement is being executed, all of them pass here; or a transaction is being ended. */
final class UsedAdvice {

    private UsedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("poolEntry") Object entry) {
        Hooks.used(entry);
    }
}
