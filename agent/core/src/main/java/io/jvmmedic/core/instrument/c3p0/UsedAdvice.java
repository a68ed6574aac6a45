package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A statement is being executed, or a row is being fetched: an export may take hours with one statement. A transaction is
 * being ended, or the connection asked whether it works.
 */
final class UsedAdvice {

    private UsedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("parentPooledConnection") Object entry) {
        if (entry != null) {
            Hooks.used(entry);
        }
    }
}
