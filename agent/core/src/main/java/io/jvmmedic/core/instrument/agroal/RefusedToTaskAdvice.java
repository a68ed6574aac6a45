package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Like {@link RefusedAdvice}, up to Agroal 2, where a task of the pool opens it. */
final class RefusedToTaskAdvice {

    private RefusedToTaskAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.FieldValue("this$0") Object pool, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.refused(pool, error);
        }
    }
}
