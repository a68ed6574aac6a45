package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A commit or a rollback by hand. */
final class EndedAdvice {

    private EndedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("handler") Object entry) {
        Hooks.used(entry);
    }
}
