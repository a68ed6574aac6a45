package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * An entry leaves the pool. The borrower's proxy is made after this, and c3p0 keeps it strongly reachable; so the entry
 * itself stands for the handle, which says the truth: as long as the slot is out, nobody can tell that it is unreachable.
 *
 * <p>Rejected: to have c3p0 let go of its proxies for the length of a collection, under its own locks, and give back those
 * that are still there. One that only a finalizer holds, which is about to close it, could not be given back, and c3p0
 * would take its connection into the pool with the transaction open.
 */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("rp") Object pool, @Advice.Return Object entry) {
        Hooks.borrowed("c3p0", pool, entry, entry);
    }
}
