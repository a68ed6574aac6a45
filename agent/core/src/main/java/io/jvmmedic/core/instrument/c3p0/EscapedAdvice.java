package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * The borrower has a method of its choice called with the driver's own object, which may keep it; on enter, because it may
 * do so and throw.
 */
final class EscapedAdvice {

    private EscapedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("parentPooledConnection") Object entry) {
        Hooks.escaped(entry);
    }
}
