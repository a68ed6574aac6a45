package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import java.sql.ResultSet;
import net.bytebuddy.asm.Advice;

/**
 * A call goes through to the driver, of the connection or of anything that came out of it. The columns of a row are left
 * out: to have fetched the row was a use, and rows are many.
 */
final class UsedAdvice {

    /** From any invocation handler to that of its connection: a connection collects for itself, others for what they came from. */
    static final String CONNECTION = "exceptionCollector.exceptionCollector";

    private UsedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Through(UsedAdvice.CONNECTION) Object handle, @Advice.FieldValue("target") Object target,
            @Advice.Argument(1) Object[] arguments) {
        if (arguments == null || !(target instanceof ResultSet)) {
            Hooks.usedThrough(handle);
        }
    }
}
