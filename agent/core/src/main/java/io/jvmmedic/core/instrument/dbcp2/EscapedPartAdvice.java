package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a statement or metadata: each knows its connection. */
final class EscapedPartAdvice {

    private EscapedPartAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object part, @Advice.FieldValue("connection") Object handleOrEntry,
            @Advice.Return Object value) {
        if (value != null && value != part) {
            Hooks.escaped(handleOrEntry);
        }
    }
}
