package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.bootstrap.Hooks;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import net.bytebuddy.asm.Advice;

/** Handle, plain statements and result sets inherit one {@code unwrap}; a closed statement gives nothing that works. */
final class UnwrappedAdvice {

    private UnwrappedAdvice() {
    }

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.This Object wrapper, @Advice.Return Object value) throws SQLException {
        if (value != null && value != wrapper) {
            if (wrapper instanceof Connection) {
                Hooks.escaped(wrapper);
            } else {
                Statement statement = wrapper instanceof ResultSet ? ((ResultSet) wrapper).getStatement()
                        : (Statement) wrapper;
                if (!statement.isClosed()) {
                    Hooks.escaped(statement.getConnection());
                }
            }
        }
    }
}
