package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/**
 * A call on a statement. Executing is a use. What comes back is the driver's own, but for result sets since Tomcat 9.0.92,
 * whose proxies are of the same facade and keep it reachable.
 */
final class StatementCallAdvice {

    private StatementCallAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("this$0") Object facade, @Advice.Argument(1) Method method) {
        // Of all methods of statements only those that execute have this letter there.
        if (method.getName().charAt(1) == 'x') {
            Hooks.usedThrough(facade);
        }
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object proxy, @Advice.FieldValue("this$0") Object facade,
            @Advice.Argument(1) Method method, @Advice.Return Object value) {
        if (!method.getReturnType().isPrimitive() && (value instanceof Connection || value instanceof Statement
                || value instanceof ResultSet && !(Proxy.isProxyClass(value.getClass())
                && Proxy.getInvocationHandler(value).getClass().getEnclosingClass()
                        == proxy.getClass().getEnclosingClass()))) {
            Hooks.escaped(facade);
        }
    }
}
