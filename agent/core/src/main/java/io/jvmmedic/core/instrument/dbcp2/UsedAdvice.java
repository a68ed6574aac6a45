package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * A statement is created or executed: each tells its connection, and the inner one of the two is the pool's object. Or that
 * one ends a transaction, or is asked whether it works.
 */
final class UsedAdvice {

    private UsedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object entry) {
        Hooks.used(entry);
    }
}
