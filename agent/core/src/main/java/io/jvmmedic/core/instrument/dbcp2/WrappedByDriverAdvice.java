package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** What the borrower of a {@code PoolingDriver} gets; see {@link WrappedByDataSourceAdvice}. */
final class WrappedByDriverAdvice {

    private WrappedByDriverAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle, @Advice.Argument(2) Object entry) {
        Hooks.handedOut(entry, handle);
    }
}
