package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.bootstrap.Hooks;
import java.io.InputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.SQLXML;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/** {@code getObject} of a result set: mostly a plain value, sometimes a locator that reads through the driver's connection. */
final class EscapedValueAdvice {

    private EscapedValueAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("statement") Object statement, @Advice.Return Object value) throws Throwable {
        if (statement != null && (value instanceof Blob || value instanceof Clob || value instanceof Array || value instanceof SQLXML
                || value instanceof ResultSet || value instanceof InputStream || value instanceof Reader
                || value instanceof Ref)) {
            Hooks.escaped(((Statement) statement).getConnection());
        }
    }
}
