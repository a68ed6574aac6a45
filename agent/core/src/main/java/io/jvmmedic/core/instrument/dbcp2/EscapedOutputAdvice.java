package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/** Like {@link EscapedAdvice}, out of a call'\''s output: only its superclass knows the connection. */
final class EscapedOutputAdvice {

    private EscapedOutputAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object statement, @Advice.Return Object value) throws Throwable {
        if (value != null) {
            Hooks.escaped(((Statement) statement).getConnection());
        }
    }
}
