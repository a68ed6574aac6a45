package io.jvmmedic.core.instrument.druid;

import static io.jvmmedic.core.instrument.Member.constructor;
import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.JdbcMembers;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/** Druid 1.2. */
public final class DruidIntegration implements Integration {

    static final String POOL = "com.alibaba.druid.pool.DruidDataSource";
    private static final String PACKAGE = "com.alibaba.druid.pool.";
    private static final String HOLDER = "Lcom/alibaba/druid/pool/DruidConnectionHolder;";
    private static final String HANDLE = "Lcom/alibaba/druid/pool/DruidPooledConnection;";
    private static final String ADVICE = DruidIntegration.class.getPackageName() + ".";

    @Override
    public String name() {
        return "druid";
    }

    @Override
    public List<String> opens() {
        return List.of("com.alibaba.druid.pool", "com.alibaba.druid.proxy.jdbc");
    }

    @Override
    public HandleFactory handles() {
        return DruidHandle::new;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new DruidDiscovery(registry, handles()));
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                pool(),
                Weave.into(PACKAGE + "DruidAbstractDataSource")
                        .needs(field("lock", "Ljava/util/concurrent/locks/ReentrantLock;"),
                                field("notEmpty", "Ljava/util/concurrent/locks/Condition;"),
                                field("activeConnections", "Ljava/util/Map;"))
                        .hook(ADVICE + "RefusedAdvice", method("createPhysicalConnection",
                                "()Lcom/alibaba/druid/pool/DruidAbstractDataSource$PhysicalConnectionInfo;")),
                Weave.into(PACKAGE + "DruidConnectionHolder")
                        .needs(field("conn", "Ljava/sql/Connection;"), field("active", "Z"), field("discard", "Z")),
                handle(),
                Weave.into(PACKAGE + "PoolableWrapper").hook(ADVICE + "UnwrappedAdvice", JdbcMembers.UNWRAP),
                Weave.into(PACKAGE + "DruidPooledStatement")
                        .needs(field("conn", HANDLE))
                        .hook(ADVICE + "ExecutedAdvice", JdbcMembers.executesText())
                        .hook(ADVICE + "EscapedFromStatementAdvice", method("getStatement", "()Ljava/sql/Statement;")),
                Weave.into(PACKAGE + "DruidPooledPreparedStatement")
                        .hook(ADVICE + "ExecutedAdvice", JdbcMembers.executesPrepared())
                        .hook(ADVICE + "EscapedFromStatementAdvice", JdbcMembers.UNWRAP,
                                method("getRawStatement", "()Ljava/sql/PreparedStatement;")),
                Weave.into(PACKAGE + "DruidPooledCallableStatement")
                        .hook(ADVICE + "EscapedFromStatementAdvice", JdbcMembers.UNWRAP)
                        .hook(ADVICE + "EscapedFromStatementAdvice", JdbcMembers.locators())
                        .hook(ADVICE + "EscapedValueFromStatementAdvice", JdbcMembers.objects()),
                Weave.into(PACKAGE + "DruidPooledResultSet")
                        .hook(ADVICE + "FetchedAdvice", JdbcMembers.NEXT)
                        .hook(ADVICE + "EscapedFromRowAdvice", method("getRawResultSet", "()Ljava/sql/ResultSet;"))
                        .hook(ADVICE + "EscapedFromRowAdvice", JdbcMembers.locators())
                        .hook(ADVICE + "EscapedValueFromRowAdvice", JdbcMembers.objects()));
    }

    private static Weave pool() {
        return Weave.into(POOL)
                .needs(field("activeCount", "I"), field("poolingCount", "I"), field("discardCount", "J"),
                        field("notEmptyWaitThreadCount", "I"),
                        field("connections", "[Lcom/alibaba/druid/pool/DruidConnectionHolder;"))
                .hook(ADVICE + "AppearedAdvice", method("createAndStartDestroyThread", "()V"))
                .hook(ADVICE + "WaitingAdvice", method("emptySignal", "()V"))
                .hook(ADVICE + "HousekeepingAdvice", method("init", "()V"), method("shrink", "(ZZ)V"),
                        method("put", "(" + HOLDER + "JZ)Z"),
                        method("handleFatalError", "(" + HANDLE + "Ljava/sql/SQLException;Ljava/lang/String;)V"),
                        method("discardConnection", "(Ljava/sql/Connection;)V"),
                        method("discardConnection", "(Ljava/sql/Connection;)Z"),
                        method("discardConnection", "(" + HOLDER + ")V"),
                        method("discardConnection", "(" + HOLDER + ")Z"))
                .hook(ADVICE + "LeftAdvice", method("getConnectionDirect", "(J)" + HANDLE))
                .hook(ADVICE + "DiscardedAdvice", method("discardConnection", "(" + HOLDER + ")V"),
                        method("discardConnection", "(" + HOLDER + ")Z"));
    }

    /**
     * Metadata is the driver's own: it can list the database on a connection that is somebody else's by then. Not hooked,
     * because Druid calls them itself all the time: {@code getConnectionHolder}, {@code getRawPreparedStatement}.
     */
    private static Weave handle() {
        return Weave.into(PACKAGE + "DruidPooledConnection")
                .needs(field("conn", "Ljava/sql/Connection;"), field("holder", HOLDER), method("disable", "()V"))
                .hook(ADVICE + "BorrowedAdvice", constructor("(" + HOLDER + ")V"))
                .hook(ADVICE + "ReturnedAdvice", method("recycle", "()V"))
                .hook(ADVICE + "EndedAdvice", method("commit", "()V"), method("rollback", "()V"))
                .hook(ADVICE + "UsedAdvice", JdbcMembers.ends())
                .hook(ADVICE + "UsedAdvice", JdbcMembers.IS_VALID)
                .hook(ADVICE + "FailedAdvice",
                        method("handleException", "(Ljava/lang/Throwable;Ljava/lang/String;)Ljava/sql/SQLException;"))
                .hook(ADVICE + "EscapedAdvice", method("getConnection", "()Ljava/sql/Connection;"),
                        method("getMetaData", "()Ljava/sql/DatabaseMetaData;"))
                .hook(ADVICE + "EscapedAdvice", JdbcMembers.creations());
    }
}
