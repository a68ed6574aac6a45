package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/** A connection comes back; on enter, because inside the method another thread may get it already. */
final class ReturnedAdvice {

    private ReturnedAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("conn") Object entry) {
        if (entry != null) {
            Hooks.returned(entry);
        }
    }
}
