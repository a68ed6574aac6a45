package io.jvmmedic.core.instrument.fake;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Argument(0) Object entry, @Advice.Return Object handle) {
        Hooks.borrowed("fake", pool, entry, handle);
    }
}
