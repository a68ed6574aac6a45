package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A pool lets go of an object for good. Here, because the pool destroys by way of this record of it, and a connection may
 * then be closed or aborted. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("object") Object entry) {
        Hooks.discarded(entry);
    }
}
