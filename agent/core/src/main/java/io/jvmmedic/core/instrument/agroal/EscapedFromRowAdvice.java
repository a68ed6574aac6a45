package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a result set. */
final class EscapedFromRowAdvice {

    private EscapedFromRowAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Through("statement.getConnectionWrapper()") Object handle,
            @Advice.Return Object value) {
        if (value != null) {
            Hooks.escaped(handle);
        }
    }
}
