package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A commit or a rollback by hand. */
final class EndedAdvice {

    private EndedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("conn") Object entry) {
        if (entry != null) {
            Hooks.used(entry);
        }
    }
}
