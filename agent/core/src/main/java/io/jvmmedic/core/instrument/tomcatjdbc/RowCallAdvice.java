package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import net.bytebuddy.asm.Advice;

/** A call on a result set. A row is being fetched; a result set inside a result set, or unwrapped from it, is the driver's own. */
final class RowCallAdvice {

    private RowCallAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("this$0") Object facade, @Advice.Argument(1) Method method) {
        // Of all methods of result sets only next() begins with this letter.
        if (Hooks.followsRows() && method.getName().charAt(0) == 'n') {
            Hooks.usedThrough(facade);
        }
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("this$0") Object facade, @Advice.Return Object value) {
        if (value instanceof ResultSet) {
            Hooks.escaped(facade);
        }
    }
}
