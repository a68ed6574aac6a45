package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.SQLXML;
import java.sql.Struct;
import net.bytebuddy.asm.Advice;

/**
 * Every call through a proxy comes here first, with the method that is meant: by its type it hands out an object of the
 * driver. {@code Object} is {@code unwrap}, or a value of a callable statement that we do not look at.
 */
final class CalledAdvice {

    private CalledAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Method called,
            @Advice.FieldValue("proxiedPooledConnection") Object entry) {
        Class<?> type = called.getReturnType();
        if (type == Blob.class || type == Clob.class || type == NClob.class || type == SQLXML.class
                || type == Array.class || type == Ref.class || type == Struct.class || type == InputStream.class
                || type == Reader.class || type == DatabaseMetaData.class || type == Object.class) {
            Hooks.escaped(entry);
        }
    }
}
