package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.bootstrap.Hooks;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Struct;
import net.bytebuddy.asm.Advice;

/** A call on the connection reaches the driver. All but statements come back as the driver's own objects, metadata included,
 * and work without the proxy. The declared type is asked first: that an object is none of seven interfaces takes longer to
 * find out than all the rest. */
final class ConnectionCallAdvice {

    private ConnectionCallAdvice() {
    }

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.FieldValue("connection") Object entry) {
        Hooks.used(entry);
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.FieldValue("connection") Object entry, @Advice.Argument(1) Method method,
            @Advice.Return Object value) {
        Class<?> declared = method.getReturnType();
        if (!declared.isPrimitive() && declared != PreparedStatement.class && declared != Statement.class
                && (value instanceof Connection || value instanceof DatabaseMetaData || value instanceof Blob
                || value instanceof Clob || value instanceof SQLXML || value instanceof Array
                || value instanceof Struct)) {
            Hooks.escaped(entry);
        }
    }
}
