package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection is about to be available again, given back by its borrower or taken by the pool. */
final class ReturnedAdvice {

    private ReturnedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("upc") Object entry) {
        Hooks.returned(entry);
    }
}
