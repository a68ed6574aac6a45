package io.jvmmedic.core.instrument.vibur;

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
 * Vibur DBCP 22 to 26. The pool is a data source's {@code PoolOperations}, the entry a {@code ConnHolder}. All JDBC objects
 * are dynamic proxies, and all their calls go through one class.
 */
public final class ViburIntegration implements Integration {

    static final String HOLDER = "org.vibur.dbcp.pool.ConnHolder";
    static final String CONNECTION_HANDLER = "org.vibur.dbcp.proxy.ConnectionInvocationHandler";

    private static final String DBCP = "org.vibur.dbcp.";
    private static final String HOLDER_TYPE = "Lorg/vibur/dbcp/pool/ConnHolder;";
    private static final String FACTORY_TYPE = "Lorg/vibur/dbcp/pool/ViburObjectFactory;";
    private static final String POOL_TYPE = "Lorg/vibur/objectpool/PoolService;";
    private static final String ADVICE = ViburIntegration.class.getPackageName() + ".";

    @Override
    public String name() {
        return "vibur";
    }

    @Override
    public List<String> opens() {
        return List.of("org.vibur.dbcp", "org.vibur.dbcp.pool", "org.vibur.dbcp.proxy", "org.vibur.objectpool",
                "org.vibur.objectpool.util");
    }

    @Override
    public HandleFactory handles() {
        return ViburHandle::new;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new ViburDiscovery(registry, handles()));
    }

    @Override
    public List<Weave> weaves() {
        String waiting = "(J)" + HOLDER_TYPE;
        return List.of(
                Weave.into(DBCP + "pool.PoolOperations")
                        .needs(field("poolService", POOL_TYPE), field("connectionFactory", FACTORY_TYPE),
                                field("dataSource", "Lorg/vibur/dbcp/ViburDBCPDataSource;"))
                        .hook(ADVICE + "AppearedAdvice",
                                constructor("(Lorg/vibur/dbcp/ViburDBCPDataSource;" + FACTORY_TYPE + POOL_TYPE + ")V"))
                        .hook(ADVICE + "WaitingAdvice", method("getConnHolder", waiting))
                        .hook(ADVICE + "RefusedAdvice", method("getConnHolder", waiting))
                        .hook(ADVICE + "ReturnedAdvice",
                                method("restore", "(" + HOLDER_TYPE + "Z[Ljava/sql/SQLException;)V")),
                Weave.into(DBCP + "pool.ConnectionFactory")
                        .hook(ADVICE + "DiscardedAdvice", method("destroy", "(" + HOLDER_TYPE + ")V")),
                Weave.into(CONNECTION_HANDLER)
                        .needs(field("connHolder", HOLDER_TYPE), method("invalidate", "()V"))
                        .hook(ADVICE + "BorrowedAdvice", constructor("(" + HOLDER_TYPE
                                + "Lorg/vibur/dbcp/pool/PoolOperations;Lorg/vibur/dbcp/ViburConfig;)V")),
                Weave.into(DBCP + "proxy.AbstractInvocationHandler")
                        .needs(field("closed", "Ljava/util/concurrent/atomic/AtomicBoolean;"))
                        .hook(ADVICE + "UsedAdvice", call("targetInvoke"))
                        .hook(ADVICE + "FailedAdvice", call("targetInvoke"))
                        .hook(ADVICE + "UnwrappedAdvice", JdbcMembers.UNWRAP)
                        .hook(ADVICE + "EscapedValueAdvice", method("restrictedInvoke",
                                "(Ljava/lang/Object;Ljava/lang/reflect/Method;[Ljava/lang/Object;)Ljava/lang/Object;")));
    }

    private static Member call(String name) {
        return method(name, "(Ljava/lang/reflect/Method;[Ljava/lang/Object;)Ljava/lang/Object;");
    }
}
