package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** A statement is being executed. */
final class UsedAdvice {

    private UsedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Through("connection.getHandler()") Object entry) {
        Hooks.used(entry);
    }
}
