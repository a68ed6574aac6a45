package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A transaction manager's recovery takes a handler as an {@code XAConnection}, whose {@code XAResource} works without it.
 */
final class LentForRecoveryAdvice {

    private LentForRecoveryAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object entry, @Advice.FieldValue("connectionPool") Object pool,
            @Advice.Return Object handle) {
        Hooks.borrowed("agroal", pool, entry, handle);
        Hooks.escaped(handle);
    }
}
