package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** An entry leaves the pool inside a new proxy; every way of borrowing ends here. */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Argument(0) Object entry, @Advice.Return Object handle) {
        Hooks.borrowed("tomcatjdbc", pool, entry, handle);
    }
}
