package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.SQLXML;
import java.sql.Struct;
import net.bytebuddy.asm.Advice;

/**
 * What a call without any wrapping returned: mostly a plain value, sometimes an object of the driver that works through
 * its connection later, a result set of metadata for example.
 */
final class EscapedValueAdvice {

    private EscapedValueAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Through(UsedAdvice.CONNECTION) Object handle, @Advice.Argument(1) Method method,
            @Advice.Return Object value) {
        Class<?> declared = method.getReturnType();
        if (!declared.isPrimitive() && declared != String.class
                && (value instanceof Blob || value instanceof Clob || value instanceof Array || value instanceof SQLXML
                || value instanceof ResultSet || value instanceof InputStream || value instanceof Reader
                || value instanceof Ref || value instanceof Struct)) {
            Hooks.escaped(handle);
        }
    }
}
