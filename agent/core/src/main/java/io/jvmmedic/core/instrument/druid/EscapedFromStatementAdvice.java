package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a statement. */
final class EscapedFromStatementAdvice {

    private EscapedFromStatementAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("conn") Object handle, @Advice.Return Object value) {
        if (value != null) {
            Hooks.escaped(handle);
        }
    }
}
