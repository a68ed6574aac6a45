package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.bootstrap.Hooks;
import java.io.InputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.SQLXML;
import net.bytebuddy.asm.Advice;

/** {@code getObject}: mostly a plain value, sometimes a locator that reads through the driver's connection. */
final class EscapedValueAdvice {

    private EscapedValueAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("proxiedPooledConnection") Object entry, @Advice.Return Object value) {
        if (value instanceof Blob || value instanceof Clob || value instanceof Array || value instanceof SQLXML
                || value instanceof ResultSet || value instanceof InputStream || value instanceof Reader
                || value instanceof Ref) {
            Hooks.escaped(entry);
        }
    }
}
