package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * As {@link BorrowedAdvice}, of what an unreachable proxy proves nothing about: an {@code XAConnection}, whose
 * {@code XAResource} is the driver's own, and whatever comes from Oracle's driver, whose proxies hand out more than we
 * could watch.
 */
final class BorrowedUnprovenAdvice {

    private BorrowedUnprovenAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Object pool, @Advice.Argument(1) Object entry, @Advice.Return Object handle) {
        Hooks.borrowed("ucp", pool, entry, handle);
        Hooks.escaped(entry);
    }
}
