package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** The borrower gets an object of the driver out of a proxy, unless it gets nothing or the proxy itself. */
final class EscapedPartAdvice {

    private EscapedPartAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object proxy, @Advice.FieldValue("parentPooledConnection") Object entry,
            @Advice.Return Object value) {
        if (value != null && value != proxy) {
            Hooks.escaped(entry);
        }
    }
}
