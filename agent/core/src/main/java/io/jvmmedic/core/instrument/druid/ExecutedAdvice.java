package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** A statement is being executed. */
final class ExecutedAdvice {

    private ExecutedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Through("conn.conn") Object entry) {
        if (entry != null) {
            Hooks.used(entry);
        }
    }
}
