package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.Connection;
import java.util.NoSuchElementException;
import net.bytebuddy.asm.Advice;

/** An object leaves a pool, or a borrower leaves without one. Until it is wrapped for the borrower it is its own handle, and
 * one that its pool keeps reachable: what is borrowed from the pool directly is never proven to be leaked. */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.This Object pool, @Advice.Return Object entry, @Advice.Thrown Throwable error) {
        if (entry instanceof Connection) {
            Hooks.borrowed("dbcp2", pool, entry, entry);
        } else if (error instanceof NoSuchElementException && error.getCause() == null) {
            Hooks.gaveUp(null);
        } else {
            Hooks.waited();
        }
    }
}
