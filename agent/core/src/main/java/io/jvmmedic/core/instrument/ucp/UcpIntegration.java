package io.jvmmedic.core.instrument.ucp;

import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.JdbcMembers;
import io.jvmmedic.core.instrument.Member;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import java.util.List;

/** Oracle Universal Connection Pool 23. The one before, 21, keeps its books otherwise; its shape is refused. */
public final class UcpIntegration implements Integration {

    private static final String COMMON = "oracle.ucp.common.";
    private static final String PROXY = "oracle.ucp.jdbc.proxy.";
    private static final String INFO = "Loracle/ucp/ConnectionRetrievalInfo;";
    private static final String ENTRY = "Loracle/ucp/UniversalPooledConnection;";
    private static final String ADVICE = UcpIntegration.class.getPackageName() + ".";
    private static final Member KNOWN_ENTRY = field("proxiedPooledConnection", ENTRY);
    private static final Member CALLED =
            method("pre", "(Ljava/lang/reflect/Method;Ljava/lang/Object;[Ljava/lang/Object;)V");
    private static final String BORROWS = "(Loracle/ucp/UniversalConnectionPool;" + ENTRY + ")";
    private static final Member PROXIES = method("proxyForConnection", BORROWS + "Ljava/sql/Connection;");
    private static final Member PROXIES_XA = method("proxyForXAConnection", BORROWS + "Ljavax/sql/XAConnection;");

    @Override
    public String name() {
        return "ucp";
    }

    @Override
    public HandleFactory handles() {
        return UcpHandle::new;
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                Weave.into(COMMON + "UniversalConnectionPoolBase")
                        .needs(field("core", "Loracle/ucp/common/Core;"),
                                field("totalConnectionsCount", "Loracle/ucp/common/Counter;"),
                                field("borrowedConnectionsCount", "Loracle/ucp/common/Counter;"),
                                field("pendingRequestsCount", "Ljava/util/concurrent/atomic/LongAdder;"),
                                field("maxPoolSize", "I"), method("setMaxPoolSize", "(I)V"))
                        .hook(ADVICE + "AppearedAdvice", method("start", "(" + INFO + "Z)V")),
                Weave.into(COMMON + "UniversalConnectionPoolImpl")
                        .hook(ADVICE + "WaitingAdvice", method("helpGrowBorrowed", "(" + INFO + "J[Z)" + ENTRY))
                        .hook(ADVICE + "GaveUpAdvice", method("updateConnectionWaitCounters", "(ZJ)V"))
                        .hook(ADVICE + "LeftAdvice", method("borrowConnection", "(" + INFO + ")" + ENTRY)),
                Weave.into(COMMON + "Core")
                        .needs(method("retrieve", "(Loracle/ucp/common/CoreConnection;)Z"),
                                method("forEach", "(Ljava/util/function/Consumer;)V"), method("kickAdjuster", "()V"),
                                method("growAvailableAsynch", "(" + INFO + ")V")),
                Weave.into(COMMON + "CoreConnectionImpl")
                        .needs(field("upc", "Loracle/ucp/common/UniversalPooledConnectionImpl;"))
                        .hook(ADVICE + "ReturnedAdvice", method("makeAvailable", "()V"))
                        .hook(ADVICE + "DiscardedAdvice", method("close", "()V")),
                Weave.into(COMMON + "UniversalPooledConnectionImpl")
                        .needs(field("m_connectionPool", "Loracle/ucp/common/UniversalConnectionPoolBase;"))
                        .hook(ADVICE + "UsedAdvice", method("heartbeat", "()V")),
                Weave.into(PROXY + "other.OtherConnectionProxyFactory")
                        .hook(ADVICE + "BorrowedAdvice", PROXIES)
                        .hook(ADVICE + "BorrowedUnprovenAdvice", PROXIES_XA),
                Weave.into(PROXY + "oracle.OracleConnectionProxyFactory")
                        .hook(ADVICE + "BorrowedUnprovenAdvice", PROXIES, PROXIES_XA),
                Weave.into(PROXY + "other.ConnectionProxy")
                        .needs(KNOWN_ENTRY, method("getUPC", "()" + ENTRY),
                                field("closed", "Ljava/util/concurrent/atomic/AtomicBoolean;"))
                        .hook(ADVICE + "CalledAdvice", CALLED)
                        .hook(ADVICE + "AskedAdvice", JdbcMembers.IS_VALID)
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.UNWRAP)
                        .hook(ADVICE + "FailedAdvice",
                                method("handleSQLRecoverableException", "(Ljava/sql/SQLException;)V")),
                Weave.into(PROXY + "other.StatementProxy")
                        .needs(KNOWN_ENTRY)
                        .hook(ADVICE + "CalledAdvice", CALLED)
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.UNWRAP),
                Weave.into(PROXY + "other.ResultSetProxy")
                        .needs(KNOWN_ENTRY)
                        .hook(ADVICE + "CalledAdvice", CALLED)
                        .hook(ADVICE + "EscapedAdvice", JdbcMembers.UNWRAP)
                        .hook(ADVICE + "EscapedValueAdvice", JdbcMembers.objects()));
    }
}
