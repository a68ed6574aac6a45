package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import net.bytebuddy.asm.Advice;

/**
 * The server is about to be asked whether a connection works, which has no timeout by default; meanwhile it is in no queue.
 * Whether to ask at all is decided at each borrow and each return, mostly against it, so this is where it is decided.
 */
final class TestingAdvice {

    private TestingAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object entry, @Advice.Return boolean asks) {
        if (asks) {
            Hooks.testing(entry);
        }
    }
}
