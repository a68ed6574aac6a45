package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/** A row was fetched. Of the two result sets around the driver's own, the inner one knows the pool's object. */
final class FetchedAdvice {

    private FetchedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("statement") Object statement) throws Throwable {
        if (Hooks.followsRows() && statement != null) {
            Hooks.used(((Statement) statement).getConnection());
        }
    }
}
