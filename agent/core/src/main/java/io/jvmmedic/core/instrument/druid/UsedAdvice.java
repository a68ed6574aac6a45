package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A transaction is being ended, or the connection asked whether it works; on a closed handle neither is. */
final class UsedAdvice {

    private UsedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("conn") Object entry) {
        if (entry != null) {
            Hooks.used(entry);
        }
    }
}
