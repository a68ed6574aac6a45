package io.jvmmedic.core.instrument.c3p0;

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
 * c3p0 0.9.5 to 0.14. The pool is a {@code BasicResourcePool}, of which a data source has one for each user; its entry is
 * a {@code NewPooledConnection}, which the proxies of a borrow name as their parent.
 */
public final class C3p0Integration implements Integration {

    static final String ENTRY = "com.mchange.v2.c3p0.impl.NewPooledConnection";

    private static final String POOL = "com.mchange.v2.resourcepool.";
    private static final String IMPL = "com.mchange.v2.c3p0.impl.";
    private static final String ADVICE = C3p0Integration.class.getPackageName() + ".";
    private static final Member PARENT = field("parentPooledConnection", "L" + ENTRY.replace('.', '/') + ";");
    private static final String RAW_OPERATION =
            "(Ljava/lang/reflect/Method;Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;";

    @Override
    public String name() {
        return "c3p0";
    }

    @Override
    public List<String> opens() {
        return List.of("com.mchange.v2.resourcepool", "com.mchange.v2.c3p0", "com.mchange.v2.c3p0.impl",
                "com.mchange.v2.async");
    }

    @Override
    public HandleFactory handles() {
        return C3p0Handle::new;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new C3p0Discovery(registry, handles()));
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                Weave.into(POOL + "BasicResourcePool")
                        .needs(field("managed", "Ljava/util/HashMap;"), field("unused", "Ljava/util/LinkedList;"),
                                field("acquireWaiters", "Ljava/util/HashSet;"), field("max", "I"), field("broken", "Z"),
                                field("target_pool_size", "I"), field("pending_acquires", "I"),
                                method("removeResource", "(Ljava/lang/Object;)V"), method("ensureMinResources", "()V"),
                                method("expandPool", "(I)V"), method("setTargetPoolSize", "(I)V"),
                                method("resetPool", "()V"), method("markBroken", "(Ljava/lang/Object;)V"))
                        .hook(ADVICE + "AppearedAdvice", constructor("(Lcom/mchange/v2/resourcepool/ResourcePool$Manager;"
                                + "IIIIIIJJJJJJZZZLcom/mchange/v2/async/AsynchronousRunner;"
                                + "Lcom/mchange/v2/async/RunnableQueue;Ljava/util/Timer;"
                                + "Lcom/mchange/v2/resourcepool/BasicResourcePoolFactory;)V"))
                        .hook(ADVICE + "ReturnedAdvice", method("checkinResource", "(Ljava/lang/Object;)V"))
                        .hook(ADVICE + "DiscardedAdvice", method("removeResource", "(Ljava/lang/Object;Z)V"))
                        .hook(ADVICE + "DiscardedAdvice", method("doCheckinExcluded", "(Ljava/lang/Object;)V"))
                        .hook(ADVICE + "WaitingAdvice", method("awaitAvailable", "(J)V"))
                        .hook(ADVICE + "RefusedAdvice",
                                method("setLastAcquisitionFailure", "(Ljava/lang/Throwable;)V")),
                Weave.into(IMPL + "C3P0PooledConnectionPool$1PooledConnectionResourcePoolManager")
                        .hook(ADVICE + "TestedAdvice",
                                method("testPooledConnection", "(Ljava/lang/Object;Ljava/sql/Connection;)V")),
                Weave.into(ENTRY)
                        .needs(field("physicalConnection", "Ljava/sql/Connection;"))
                        .hook(ADVICE + "FailedAdvice",
                                method("handleThrowable", "(Ljava/lang/Throwable;)Ljava/sql/SQLException;")),
                Weave.into(IMPL + "C3P0PooledConnectionPool")
                        .needs(field("rp", "Lcom/mchange/v2/resourcepool/ResourcePool;"))
                        .hook(ADVICE + "BorrowedAdvice",
                                method("checkoutPooledConnection", "()Ljavax/sql/PooledConnection;")),
                // Up to 0.10 one class, from 0.11 on what two classes share.
                connection("NewProxyConnection"),
                connection("AbstractNewProxyConnection"),
                statement("NewProxyStatement"),
                prepared("NewProxyPreparedStatement"),
                getters(prepared("NewProxyCallableStatement")),
                getters(Weave.into(IMPL + "NewProxyResultSet")
                        .needs(PARENT)
                        .hook(ADVICE + "UsedAdvice", JdbcMembers.NEXT)
                        .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP)),
                Weave.into(IMPL + "NewProxyDatabaseMetaData")
                        .needs(PARENT)
                        .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP));
    }

    private static Weave connection(String type) {
        return Weave.into(IMPL + type)
                .needs(PARENT)
                .hook(ADVICE + "UsedAdvice", JdbcMembers.ends())
                .hook(ADVICE + "UsedAdvice", JdbcMembers.IS_VALID)
                .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP)
                .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.creations())
                .hook(ADVICE + "EscapedAdvice", method("rawConnectionOperation", RAW_OPERATION));
    }

    private static Weave statement(String type) {
        return Weave.into(IMPL + type)
                .needs(PARENT)
                .hook(ADVICE + "UsedAdvice", JdbcMembers.executesText())
                .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.UNWRAP)
                .hook(ADVICE + "EscapedAdvice", method("rawStatementOperation", RAW_OPERATION));
    }

    private static Weave prepared(String type) {
        return statement(type).hook(ADVICE + "UsedAdvice", JdbcMembers.executesPrepared());
    }

    private static Weave getters(Weave weave) {
        return weave
                .hook(ADVICE + "EscapedPartAdvice", JdbcMembers.locators())
                .hook(ADVICE + "EscapedValueAdvice", JdbcMembers.objects());
    }
}
