package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A call on the connection ends in an error. */
final class ConnectionFailedAdvice {

    private ConnectionFailedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.FieldValue("connection") Object entry, @Advice.Thrown Throwable error) {
        if (error != null) {
            Hooks.failed(entry, error);
        }
    }
}
