package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A call on a statement or a result set ends in an error. */
final class PartFailedAdvice {

    private PartFailedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.FieldValue("this$0") Object facade, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.failed(facade, error);
        }
    }
}
