package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a result set: it knows its statement, or its connection if it comes from metadata. */
final class EscapedRowAdvice {

    private EscapedRowAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object row, @Advice.FieldValue("statement") Object statement,
            @Advice.FieldValue("connection") Object connection, @Advice.Return Object value) throws Throwable {
        if (value != null && value != row) {
            if (statement == null) {
                Hooks.escaped(connection);
            } else {
                Hooks.escaped(((Statement) statement).getConnection());
            }
        }
    }
}
