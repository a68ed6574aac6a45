package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a statement. */
final class EscapedFromStatementAdvice {

    private EscapedFromStatementAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("connection") Object handle, @Advice.Return Object value) {
        if (value != null) {
            Hooks.escaped(handle);
        }
    }
}
