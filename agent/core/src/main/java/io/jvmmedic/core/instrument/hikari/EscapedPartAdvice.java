package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a statement, a result set or metadata: each knows its connection proxy. */
final class EscapedPartAdvice {

    private EscapedPartAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("connection") Object handle, @Advice.Return Object value) {
        if (value != null) {
            Hooks.escaped(handle);
        }
    }
}
