package io.jvmmedic.core.instrument.hikari;

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

/** HikariCP 3.4 to 7. */
public final class HikariIntegration implements Integration {

    private static final String POOL = "com.zaxxer.hikari.pool.";
    private static final String POOL_TYPE = "Lcom/zaxxer/hikari/pool/HikariPool;";
    private static final String ENTRY_TYPE = "Lcom/zaxxer/hikari/pool/PoolEntry;";
    private static final String ADVICE = HikariIntegration.class.getPackageName() + ".";

    @Override
    public String name() {
        return "hikari";
    }

    @Override
    public List<String> opens() {
        return List.of("com.zaxxer.hikari", "com.zaxxer.hikari.pool", "com.zaxxer.hikari.util");
    }

    @Override
    public HandleFactory handles() {
        return HikariHandle::new;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new HikariDiscovery(registry, handles()));
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                Weave.into(POOL + "HikariPool")
                        .needs(field("connectionBag", "Lcom/zaxxer/hikari/util/ConcurrentBag;"),
                                method("closeConnection", "(" + ENTRY_TYPE + "Ljava/lang/String;)V"),
                                method("evictConnection", "(Ljava/sql/Connection;)V"),
                                method("softEvictConnections", "()V"),
                                field("poolState", "I"))
                        .hook(ADVICE + "AppearedAdvice", constructor("(Lcom/zaxxer/hikari/HikariConfig;)V"))
                        .hook(ADVICE + "ReturnedAdvice", method("recycle", "(" + ENTRY_TYPE + ")V"))
                        .hook(ADVICE + "WaitingAdvice", method("addBagItem", "(I)V"))
                        .hook(ADVICE + "GaveUpAdvice", method("createTimeoutException", "(J)Ljava/sql/SQLException;"))
                        .hook(ADVICE + "LeftAdvice", method("getConnection", "(J)Ljava/sql/Connection;"))
                        // Version 3.4 has no MaxLifetimeTask, its body is a lambda.
                        .hookIfPresent(ADVICE + "HousekeepingAdvice",
                                method("lambda$createPoolEntry$2", "(" + ENTRY_TYPE + ")V")),
                Weave.into(POOL + "PoolBase")
                        .hook(ADVICE + "RefusedAdvice",
                                method("newConnection", "()Ljava/sql/Connection;"),
                                method("newConnection", "(Z)Ljava/sql/Connection;")),
                Weave.into(POOL + "PoolEntry")
                        .needs(field("hikariPool", POOL_TYPE), field("state", "I"), method("markEvicted", "()V"))
                        .hook(ADVICE + "BorrowedAdvice",
                                method("createProxyConnection",
                                        "(Lcom/zaxxer/hikari/pool/ProxyLeakTask;)Ljava/sql/Connection;"),
                                method("createProxyConnection",
                                        "(Lcom/zaxxer/hikari/pool/ProxyLeakTask;J)Ljava/sql/Connection;"))
                        .hook(ADVICE + "DiscardedAdvice", method("close", "()Ljava/sql/Connection;")),
                Weave.into(POOL + "HikariPool$MaxLifetimeTask")
                        .hook(ADVICE + "HousekeepingAdvice", method("run", "()V")),
                Weave.into(POOL + "HikariPool$KeepaliveTask")
                        .hook(ADVICE + "HousekeepingAdvice", method("run", "()V")),
                Weave.into(POOL + "ProxyConnection")
                        .needs(field("poolEntry", ENTRY_TYPE))
                        .hook(ADVICE + "UsedAdvice", method("markCommitStateDirty", "()V"))
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.ends())
                        .hook(ADVICE + "FailedAdvice",
                                method("checkException", "(Ljava/sql/SQLException;)Ljava/sql/SQLException;"))
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.UNWRAP),
                Weave.into(POOL + "HikariProxyConnection")
                        .hook(ADVICE + "AskedAdvice", JdbcMembers.IS_VALID)
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.creations()),
                Weave.into(POOL + "ProxyStatement").hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP),
                Weave.into(POOL + "ProxyResultSet").hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP),
                Weave.into(POOL + "ProxyDatabaseMetaData").hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP),
                parts(Weave.into(POOL + "HikariProxyResultSet")).hook(ADVICE + "FetchedAdvice", JdbcMembers.NEXT),
                parts(Weave.into(POOL + "HikariProxyCallableStatement")));
    }

    private static Weave parts(Weave weave) {
        return weave
                .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.locators())
                .hook(ADVICE + "EscapedValueAdvice", JdbcMembers.objects());
    }
}
