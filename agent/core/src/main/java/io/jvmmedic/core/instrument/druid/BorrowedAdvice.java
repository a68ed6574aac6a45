package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import net.bytebuddy.asm.Advice;

/**
 * A connection leaves the pool inside a new handle. Druid keeps no list of what is out, not even of the holder around the
 * physical connection; that one holds its open statements, and they hold the handle. So the entry is the connection.
 */
final class BorrowedAdvice {

    private BorrowedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object handle, @Advice.FieldValue("conn") Object entry,
            @Through("0.getDataSource()") Object pool) {
        Hooks.borrowed("druid", pool, entry, handle);
    }
}
