package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A handler is being closed, by a pool that ends for example; on enter, because a dead server can hold that up. */
final class DiscardedAdvice {

    private DiscardedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object entry) {
        Hooks.discarded(entry);
    }
}
