package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** A row is being fetched. */
final class FetchedAdvice {

    private FetchedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Through("connection.getPoolEntry()") Object entry) {
        if (Hooks.followsRows()) {
            Hooks.used(entry);
        }
    }
}
