package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.SQLXML;
import net.bytebuddy.asm.Advice;

/** A call on a statement or a result set that gives out a part that reads through the driver's connection later. */
final class PartCallAdvice {

    private PartCallAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("this$0") Object facade, @Advice.Argument(1) Method method,
            @Advice.Return Object value) {
        Class<?> declared = method.getReturnType();
        if (!declared.isPrimitive() && declared != String.class && declared != ResultSet.class
                && (value instanceof Blob || value instanceof Clob || value instanceof SQLXML || value instanceof Array
                || value instanceof Ref || value instanceof InputStream || value instanceof Reader)) {
            Hooks.escaped(facade);
        }
    }
}
