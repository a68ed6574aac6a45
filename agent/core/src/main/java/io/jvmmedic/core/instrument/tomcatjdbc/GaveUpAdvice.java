package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A borrower timed out. The exception knows no pool, but it is known what its thread waits for. */
final class GaveUpAdvice {

    private GaveUpAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit() {
        Hooks.gaveUp(null);
    }
}
