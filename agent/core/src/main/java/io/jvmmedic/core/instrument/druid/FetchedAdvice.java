package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/** A row is being fetched. */
final class FetchedAdvice {

    private FetchedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Through("stmt.conn.conn") Object entry) {
        if (Hooks.followsRows() && entry != null) {
            Hooks.used(entry);
        }
    }
}
