package io.jvmmedic.core.instrument.tomcatjdbc;

import static io.jvmmedic.core.instrument.Member.constructor;
import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.Member;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.ThreadDiscovery;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/** Tomcat JDBC 9.0 to 11.0. */
public final class TomcatJdbcIntegration implements Integration {

    private static final String PACKAGE = "org.apache.tomcat.jdbc.pool.";
    private static final String ENTRY = "Lorg/apache/tomcat/jdbc/pool/PooledConnection;";
    private static final String FACADE = "Lorg/apache/tomcat/jdbc/pool/StatementFacade;";
    private static final String QUEUE = "Ljava/util/concurrent/BlockingQueue;";
    private static final String COUNTER = "Ljava/util/concurrent/atomic/AtomicInteger;";
    private static final String ADVICE = TomcatJdbcIntegration.class.getPackageName() + ".";
    private static final Member INVOKE = method("invoke",
            "(Ljava/lang/Object;Ljava/lang/reflect/Method;[Ljava/lang/Object;)Ljava/lang/Object;");

    @Override
    public String name() {
        return "tomcatjdbc";
    }

    @Override
    public List<String> opens() {
        return List.of("org.apache.tomcat.jdbc.pool");
    }

    @Override
    public HandleFactory handles() {
        return TomcatJdbcHandle::new;
    }

    @Override
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return List.of(new TomcatJdbcDiscovery(registry, opener, handles()));
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                // Without the statement facade, which 8.5 brought, nothing holds a borrow together; see watched().
                Weave.into(PACKAGE + "PoolProperties").needs(field("useStatementFacade", "Z")),
                Weave.into(PACKAGE + "ConnectionPool")
                        .needs(field("busy", QUEUE), field("idle", QUEUE), field("size", COUNTER),
                                field("waitcount", COUNTER), field("closed", "Z"),
                                field("poolProperties", "Lorg/apache/tomcat/jdbc/pool/PoolConfiguration;"),
                                method("abandon", "(" + ENTRY + ")V"),
                                method("create", "(Z)" + ENTRY),
                                method("purge", "()V"))
                        .hook(ADVICE + "AppearedAdvice",
                                constructor("(Lorg/apache/tomcat/jdbc/pool/PoolConfiguration;)V"))
                        .hook(ADVICE + "BorrowedAdvice",
                                method("setupConnection", "(" + ENTRY + ")Ljava/sql/Connection;"))
                        .hook(ADVICE + "ReturnedAdvice", method("returnConnection", "(" + ENTRY + ")V"))
                        .hook(ADVICE + "DiscardedAdvice", method("release", "(" + ENTRY + ")V"))
                        .hook(ADVICE + "BorrowingAdvice", method("borrowConnection",
                                "(ILjava/lang/String;Ljava/lang/String;)" + ENTRY))
                        .hook(ADVICE + "ServedAdvice", method("borrowConnection",
                                "(J" + ENTRY + "Ljava/lang/String;Ljava/lang/String;)" + ENTRY))
                        .hook(ADVICE + "CreatingAdvice", method("createConnection",
                                "(J" + ENTRY + "Ljava/lang/String;Ljava/lang/String;)" + ENTRY)),
                Weave.into(PACKAGE + "PooledConnection")
                        .hook(ADVICE + "TestingAdvice", method("doValidate", "(I)Z"))
                        .hook(ADVICE + "TestedAdvice", method("validate", "(ILjava/lang/String;)Z")),
                Weave.into(PACKAGE + "PoolExhaustedException")
                        .hook(ADVICE + "GaveUpAdvice", constructor("(Ljava/lang/String;)V")),
                Weave.into(PACKAGE + "ProxyConnection")
                        .needs(field("connection", ENTRY))
                        .hook(ADVICE + "ConnectionCallAdvice", INVOKE)
                        .hook(ADVICE + "ConnectionFailedAdvice", INVOKE)
                        .hook(ADVICE + "UnwrappedAdvice",
                                method("unwrap", "(Ljava/lang/Class;)Ljava/lang/Object;")),
                Weave.into(PACKAGE + "StatementFacade$StatementProxy")
                        .needs(field("this$0", FACADE))
                        .hook(ADVICE + "StatementCallAdvice", INVOKE)
                        .hook(ADVICE + "PartCallAdvice", INVOKE)
                        .hook(ADVICE + "PartFailedAdvice", INVOKE),
                Weave.into(PACKAGE + "StatementFacade$ResultSetProxy")
                        .needs(field("this$0", FACADE))
                        .hook(ADVICE + "RowCallAdvice", INVOKE)
                        .hook(ADVICE + "PartCallAdvice", INVOKE)
                        .hook(ADVICE + "PartFailedAdvice", INVOKE));
    }
}
