package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import java.util.Collection;
import net.bytebuddy.asm.Advice;

/** A borrower comes in and finds nothing idle: it will wait, unless it {@link CreatingAdvice creates}. One whose last idle
 * entry is snatched away right after this look waits without being listed; the pool counts it all the same. */
final class BorrowingAdvice {

    private BorrowingAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.This Object pool, @Advice.Argument(0) int wait,
            @Advice.FieldValue("idle") Collection<?> idle) {
        if (wait != 0 && idle.isEmpty()) {
            Hooks.waiting("tomcatjdbc", pool);
        }
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit() {
        Hooks.waited();
    }
}
