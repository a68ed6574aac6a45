package io.jvmmedic.core.instrument.agroal;

import static io.jvmmedic.core.instrument.Member.constructor;
import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.JdbcMembers;
import io.jvmmedic.core.instrument.Member;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/**
 * Agroal 1.16 to 3. Its poolless data source is left alone: it opens a connection for each borrower and keeps none.
 */
public final class AgroalIntegration implements Integration {

    static final String POOL = "io.agroal.pool.ConnectionPool";
    private static final String PACKAGE = "io.agroal.pool.";
    private static final String HANDLER = "Lio/agroal/pool/ConnectionHandler;";
    private static final String WRAPPER = "Lio/agroal/pool/wrapper/ConnectionWrapper;";
    private static final String ADVICE = AgroalIntegration.class.getPackageName() + ".";
    private static final Member BORROW = method("handlerFromSharedCache", "()" + HANDLER);

    @Override
    public String name() {
        return "agroal";
    }

    @Override
    public List<String> opens() {
        return List.of("io.agroal.pool", "io.agroal.pool.util", "io.agroal.pool.wrapper");
    }

    @Override
    public HandleFactory handles() {
        return (pool, registry) -> pool.getClass().getName().equals(POOL) ? new AgroalHandle(pool, registry) : null;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new AgroalDiscovery(registry, handles()));
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                pool(),
                Weave.into(PACKAGE + "ConnectionHandler")
                        .needs(field("connectionPool", "Lio/agroal/pool/Pool;"), field("enlisted", "Z"),
                                method("rawConnection", "()Ljava/sql/Connection;"))
                        .hook(ADVICE + "BorrowedAdvice", method("connectionWrapper", "()" + WRAPPER))
                        .hookIfPresent(ADVICE + "LentForRecoveryAdvice",
                                method("xaConnectionWrapper", "()Lio/agroal/pool/wrapper/XAConnectionWrapper;"))
                        .hook(ADVICE + "DiscardedAdvice", method("closeConnection", "()V"))
                        .hook(ADVICE + "FailedAdvice", method("setFlushOnly", "(Ljava/sql/SQLException;)V")),
                Weave.into(PACKAGE + "util.AgroalSynchronizer")
                        .hook(ADVICE + "WaitingAtSynchronizerAdvice", method("getStamp", "()J")),
                Weave.into(POOL + "$CreateConnectionTask")
                        .hook(ADVICE + "WaitingForCreationAdvice", constructor("(Lio/agroal/pool/ConnectionPool;)V"))
                        .hook(ADVICE + "RefusedToTaskAdvice", method("call", "()" + HANDLER)),
                Weave.into(POOL + "$FlushTask")
                        .hook(ADVICE + "LeavesAdvice", method("flushHandler", "(" + HANDLER + ")V")),
                Weave.into(POOL + "$FillTask").hook(ADVICE + "HousekeepingAdvice", method("run", "()V")),
                wrapper(),
                Weave.into(PACKAGE + "wrapper.StatementWrapper")
                        .needs(field("connection", WRAPPER), method("getConnectionWrapper", "()" + WRAPPER))
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.executesText())
                        .hook(ADVICE + "EscapedFromStatementAdvice", JdbcMembers.UNWRAP),
                Weave.into(PACKAGE + "wrapper.PreparedStatementWrapper")
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.executesPrepared()),
                Weave.into(PACKAGE + "wrapper.CallableStatementWrapper")
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.executesPrepared())
                        .hook(ADVICE + "EscapedFromStatementAdvice", JdbcMembers.locators())
                        .hook(ADVICE + "EscapedValueFromStatementAdvice", JdbcMembers.objects()),
                Weave.into(PACKAGE + "wrapper.ResultSetWrapper")
                        .needs(field("statement", "Lio/agroal/pool/wrapper/StatementWrapper;"))
                        .hook(ADVICE + "FetchedAdvice", JdbcMembers.NEXT)
                        .hook(ADVICE + "EscapedFromRowAdvice", JdbcMembers.locators())
                        .hook(ADVICE + "EscapedFromRowAdvice", JdbcMembers.UNWRAP)
                        .hook(ADVICE + "EscapedValueFromRowAdvice", JdbcMembers.objects()));
    }

    private static Weave pool() {
        return Weave.into(POOL)
                .needs(field("allConnections", "Lio/agroal/pool/util/StampedCopyOnWriteArrayList;"),
                        field("connectionFactory", "Lio/agroal/pool/ConnectionFactory;"),
                        field("housekeepingExecutor", "Lio/agroal/pool/util/PriorityScheduledExecutor;"),
                        field("activeCount", "Ljava/util/concurrent/atomic/LongAdder;"),
                        field("metricsRepository", "Lio/agroal/pool/MetricsRepository;"))
                .hook(ADVICE + "AppearedAdvice", constructor(
                        "(Lio/agroal/api/configuration/AgroalConnectionPoolConfiguration;"
                                + "[Lio/agroal/api/AgroalDataSourceListener;)V"))
                .hook(ADVICE + "MetAdvice", BORROW)
                .hook(ADVICE + "LeftAdvice", BORROW)
                .hook(ADVICE + "ReturnedAdvice", method("returnConnectionHandler", "(" + HANDLER + ")V"))
                .hook(ADVICE + "LeavesAdvice", method("removeFromPool", "(" + HANDLER + ")V"))
                .hookIfPresent(ADVICE + "WaitingAdvice",
                        method("waitAvailableHandler", "(J)" + HANDLER), method("waitAvailableHandler", "(JZ)" + HANDLER))
                .hookIfPresent(ADVICE + "RefusedAdvice", method("createAndPoolConnection", "()" + HANDLER))
                .hook(ADVICE + "TestedAdvice",
                        method("performValidation", "(" + HANDLER + "Lio/agroal/pool/ConnectionHandler$State;)Z"),
                        method("performValidation", "(" + HANDLER + "Z)Z"))
                .hook(ADVICE + "HousekeepingAdvice", method("init", "()V"), method("isHealthy", "(Z)Z"));
    }

    /** Metadata is the driver's own: it can list the database on a connection that is somebody else's by then. */
    private static Weave wrapper() {
        return Weave.into(PACKAGE + "wrapper.ConnectionWrapper")
                .needs(field("handler", HANDLER), field("wrappedConnection", "Ljava/sql/Connection;"),
                        method("getHandler", "()" + HANDLER))
                .hook(ADVICE + "EndedAdvice", method("commit", "()V"), method("rollback", "()V"))
                .hook(ADVICE + "AskedAdvice", JdbcMembers.ends())
                .hook(ADVICE + "AskedAdvice", JdbcMembers.IS_VALID)
                .hook(ADVICE + "EscapedAdvice", JdbcMembers.UNWRAP,
                        method("getMetaData", "()Ljava/sql/DatabaseMetaData;"))
                .hook(ADVICE + "EscapedAdvice", JdbcMembers.creations())
                .hook(ADVICE + "UntrackedAdvice", tracks("Statement", "trackStatement"))
                .hook(ADVICE + "UntrackedAdvice", tracks("PreparedStatement", "trackPreparedStatement"))
                .hook(ADVICE + "UntrackedAdvice", tracks("CallableStatement", "trackCallableStatement"));
    }

    private static Member[] tracks(String type, String name) {
        String sql = "Ljava/sql/" + type + ";";
        return new Member[] {method(name, "(" + sql + ")" + sql), method(name, "(" + sql + "Z)" + sql)};
    }
}
