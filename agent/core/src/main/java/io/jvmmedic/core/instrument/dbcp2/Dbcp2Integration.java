package io.jvmmedic.core.instrument.dbcp2;

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
import java.util.ArrayList;
import java.util.List;

/**
 * Commons DBCP 2.9 to 2.14 over Commons Pool 2.10 and later, and the copy of both that Tomcat brings for the data sources of
 * its JNDI. A pool is a {@code GenericObjectPool} whose factory is DBCP's; all others are left alone.
 */
public final class Dbcp2Integration implements Integration {

    private static final String ADVICE = Dbcp2Integration.class.getPackageName() + ".";

    @Override
    public String name() {
        return "dbcp2";
    }

    @Override
    public List<String> opens() {
        List<String> packages = new ArrayList<>();
        for (Edition edition : Edition.values()) {
            packages.addAll(List.of(edition.pool() + ".impl", edition.dbcp(), edition.dbcp() + ".managed"));
        }
        return packages;
    }

    @Override
    public HandleFactory handles() {
        return Dbcp2Handle::open;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new Dbcp2Discovery(registry, handles()));
    }

    @Override
    public List<Weave> weaves() {
        List<Weave> weaves = new ArrayList<>();
        for (Edition edition : Edition.values()) {
            weaves.addAll(pool(edition));
            weaves.addAll(connections(edition));
            weaves.addAll(parts(edition));
        }
        return weaves;
    }

    private static List<Weave> pool(Edition edition) {
        String pooled = edition.poolType("PooledObject");
        String factory = edition.poolType("PooledObjectFactory");
        return List.of(
                Weave.into(edition.pool() + ".impl.GenericObjectPool")
                        .needs(field("factory", factory),
                                field("idleObjects", edition.poolType("impl/LinkedBlockingDeque")),
                                method("invalidateObject", "(Ljava/lang/Object;)V"))
                        .hook(ADVICE + "AppearedAdvice", constructor(
                                "(" + factory + edition.poolType("impl/GenericObjectPoolConfig") + ")V"))
                        .hook(ADVICE + "BorrowedAdvice",
                                method("borrowObject", "(Ljava/time/Duration;)Ljava/lang/Object;"))
                        .hook(ADVICE + "ReturnedAdvice", method("returnObject", "(Ljava/lang/Object;)V"))
                        .hook(ADVICE + "CreateAdvice",
                                method("create", "()" + pooled), method("create", "(Ljava/time/Duration;)" + pooled))
                        .hook(ADVICE + "HousekeepingAdvice", method("ensureIdle", "(IZ)V"))
                        .hook(ADVICE + "HousekeepingAdvice", method("addObject", "()V")),
                Weave.into(edition.pool() + ".impl.DefaultPooledObject")
                        .needs(field("object", "Ljava/lang/Object;"))
                        .hook(ADVICE + "DiscardedAdvice", method("invalidate", "()V")));
    }

    private static List<Weave> connections(Edition edition) {
        String dbcp = edition.dbcp() + ".";
        String make = "()" + edition.poolType("PooledObject");
        return List.of(
                Weave.into(dbcp + "PoolableConnectionFactory")
                        .needs(field("connectionFactory", edition.dbcpType("ConnectionFactory")))
                        .hook(ADVICE + "ConnectAdvice", method("makeObject", make)),
                Weave.into(dbcp + "managed.PoolableManagedConnectionFactory")
                        .hook(ADVICE + "ConnectAdvice", method("makeObject", make)),
                Weave.into(dbcp + "PoolingDataSource$PoolGuardConnectionWrapper")
                        .hook(ADVICE + "WrappedByDataSourceAdvice", constructor(
                                "(" + edition.dbcpType("PoolingDataSource") + "Ljava/sql/Connection;)V")),
                Weave.into(dbcp + "PoolingDriver$PoolGuardConnectionWrapper")
                        .hook(ADVICE + "WrappedByDriverAdvice", constructor("(" + edition.dbcpType("PoolingDriver")
                                + edition.poolType("ObjectPool") + "Ljava/sql/Connection;)V")),
                Weave.into(dbcp + "AbandonedTrace")
                        .hook(ADVICE + "UsedAdvice", method("setLastUsed", "()V")),
                Weave.into(dbcp + "PoolableConnection")
                        .needs(field("pool", edition.poolType("ObjectPool")))
                        .hook(ADVICE + "FailedAdvice", method("handleException", "(Ljava/sql/SQLException;)V"))
                        .hookIfPresent(ADVICE + "TestedAdvice", method("validate", "(Ljava/lang/String;I)V"),
                                method("validate", "(Ljava/lang/String;Ljava/time/Duration;)V")),
                Weave.into(dbcp + "DelegatingConnection")
                        .needs(field("connection", "Ljava/sql/Connection;"))
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.ends())
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.IS_VALID)
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.UNWRAP,
                                method("getDelegate", "()Ljava/sql/Connection;"),
                                method("getInnermostDelegate", "()Ljava/sql/Connection;"))
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.creations()));
    }

    private static List<Weave> parts(Edition edition) {
        String dbcp = edition.dbcp() + ".";
        String connection = edition.dbcpType("DelegatingConnection");
        return List.of(
                // Not getDelegate: prepared statements use it for each call of their own.
                Weave.into(dbcp + "DelegatingStatement")
                        .needs(field("connection", connection))
                        .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP,
                                method("getInnermostDelegate", "()Ljava/sql/Statement;")),
                Weave.into(dbcp + "DelegatingDatabaseMetaData")
                        .needs(field("connection", connection))
                        .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP,
                                method("getDelegate", "()Ljava/sql/DatabaseMetaData;"),
                                method("getInnermostDelegate", "()Ljava/sql/DatabaseMetaData;")),
                Weave.into(dbcp + "DelegatingCallableStatement")
                        .hook(ADVICE + "EscapedOutputAdvice", JdbcMembers.locators())
                        .hook(ADVICE + "EscapedOutputValueAdvice", JdbcMembers.objects()),
                Weave.into(dbcp + "DelegatingResultSet")
                        .needs(field("statement", "Ljava/sql/Statement;"),
                                field("connection", "Ljava/sql/Connection;"))
                        .hook(ADVICE + "FetchedAdvice", JdbcMembers.NEXT)
                        .hook(ADVICE + "EscapedRowAdvice", JdbcMembers.UNWRAP,
                                method("getDelegate", "()Ljava/sql/ResultSet;"),
                                method("getInnermostDelegate", "()Ljava/sql/ResultSet;"))
                        .hook(ADVICE + "EscapedRowAdvice", JdbcMembers.locators())
                        .hook(ADVICE + "EscapedValueAdvice", JdbcMembers.objects()));
    }
}
