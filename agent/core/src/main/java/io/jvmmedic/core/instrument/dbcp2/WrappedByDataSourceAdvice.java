package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** What the borrower gets: the statements and results that come out of it keep it reachable. */
final class WrappedByDataSourceAdvice {

    private WrappedByDataSourceAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle, @Advice.Argument(1) Object entry) {
        Hooks.handedOut(entry, handle);
    }
}
