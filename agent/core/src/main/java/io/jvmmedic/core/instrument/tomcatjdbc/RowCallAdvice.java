package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.ResultSet;
import net.bytebuddy.asm.Advice;

/** A result set inside a result set, or unwrapped from it, is the driver's own. */
final class RowCallAdvice {

    private RowCallAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("this$0") Object facade, @Advice.Return Object value) {
        if (value instanceof ResultSet) {
            Hooks.escaped(facade);
        }
    }
}
