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

/** Like {@link EscapedValueAdvice}, out of a call's output. */
final class EscapedOutputValueAdvice {

    private EscapedOutputValueAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object statement, @Advice.Return Object value) throws Throwable {
        if (value instanceof Blob || value instanceof Clob || value instanceof Array || value instanceof SQLXML
                || value instanceof ResultSet || value instanceof InputStream || value instanceof Reader
                || value instanceof Ref) {
            Hooks.escaped(((Statement) statement).getConnection());
        }
    }
}
