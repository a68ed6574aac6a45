package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.Through;
import java.io.InputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.SQLXML;
import net.bytebuddy.asm.Advice;

/**
 * {@code getObject} of a result set: mostly a plain value, sometimes a locator that reads through the driver's connection.
 */
final class EscapedValueFromRowAdvice {

    private EscapedValueFromRowAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Through("statement.getConnectionWrapper()") Object handle,
            @Advice.Return Object value) {
        if (value instanceof Blob || value instanceof Clob || value instanceof Array || value instanceof SQLXML
                || value instanceof ResultSet || value instanceof InputStream || value instanceof Reader
                || value instanceof Ref) {
            Hooks.escaped(handle);
        }
    }
}
