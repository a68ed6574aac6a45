package io.jvmmedic.core.instrument.httpclient5;

import io.jvmmedic.bootstrap.Hooks;
import java.util.concurrent.Future;
import net.bytebuddy.asm.Advice;

/**
 * {@code LeaseRequest.get}: the thread parks here if the pool had nothing free at once, and gets the endpoint here. The
 * endpoint does not show its entry, but the future that was waited for holds it and answers at once by then.
 */
final class LeaseAdvice {

    private LeaseAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("this$0") Object manager, @Advice.FieldValue("val$leaseFuture") Future<?> lease) {
        if (!lease.isDone()) {
            Hooks.waiting("httpclient5", manager);
        }
    }

    @Advice.OnMethodExit(suppress = Throwable.class, onThrowable = Throwable.class)
    static void exit(@Advice.FieldValue("this$0") Object manager, @Advice.FieldValue("val$leaseFuture") Future<?> lease,
            @Advice.Return Object endpoint, @Advice.Thrown Throwable thrown) throws Exception {
        if (thrown != null) {
            Hooks.gaveUp(manager);
        } else if (endpoint != null) {
            Hooks.borrowed("httpclient5", manager, lease.get(), endpoint);
        }
    }
}
