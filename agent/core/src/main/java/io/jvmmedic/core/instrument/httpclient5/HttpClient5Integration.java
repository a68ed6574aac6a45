package io.jvmmedic.core.instrument.httpclient5;

import static io.jvmmedic.core.instrument.Member.constructor;
import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.Member;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import java.util.List;

/** Apache HttpClient 5.0 to 5.6: the pooling connection manager of the classic API. */
public final class HttpClient5Integration implements Integration {

    private static final String MANAGER = "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager";
    private static final String MANAGER_TYPE = "L" + MANAGER.replace('.', '/') + ";";
    private static final String OPERATOR = "Lorg/apache/hc/client5/http/io/HttpClientConnectionOperator;";
    private static final String FACTORY = "Lorg/apache/hc/core5/http/io/HttpConnectionFactory;";
    private static final String POLICIES = "Lorg/apache/hc/core5/pool/PoolConcurrencyPolicy;"
            + "Lorg/apache/hc/core5/pool/PoolReusePolicy;Lorg/apache/hc/core5/util/TimeValue;";
    private static final String CONN_POOL = "Lorg/apache/hc/core5/pool/ManagedConnPool;";
    private static final Member LEASE_FUTURE = field("val$leaseFuture", "Ljava/util/concurrent/Future;");
    private static final String ADVICE = HttpClient5Integration.class.getPackageName() + ".";

    @Override
    public String name() {
        return "httpclient5";
    }

    @Override
    public List<String> opens() {
        return List.of("org.apache.hc.client5.http.impl.io");
    }

    @Override
    public HandleFactory handles() {
        return HttpClient5Handle::new;
    }

    @Override
    public List<Weave> weaves() {
        return List.of(
                Weave.into(MANAGER)
                        .needs(field("pool", CONN_POOL), field("closed", "Ljava/util/concurrent/atomic/AtomicBoolean;"))
                        .hook(ADVICE + "AppearedAdvice",
                                constructor("(" + OPERATOR + POLICIES + FACTORY + ")V"),
                                constructor("(" + OPERATOR + POLICIES + FACTORY + "Z)V"),
                                constructor("(" + OPERATOR + CONN_POOL + FACTORY + ")V")),
                Weave.into(MANAGER + "$InternalConnectionEndpoint")
                        .hook(ADVICE + "ReturnedAdvice", method("detach", "()Lorg/apache/hc/core5/pool/PoolEntry;")),
                // The request for a lease is anonymous: the first such class up to 5.1, the third since.
                lease(MANAGER + "$1"),
                lease(MANAGER + "$3"));
    }

    private static Weave lease(String type) {
        return Weave.into(type)
                .markedBy(LEASE_FUTURE)
                .needs(LEASE_FUTURE, field("this$0", MANAGER_TYPE))
                .hook(ADVICE + "LeaseAdvice", method("get",
                        "(Lorg/apache/hc/core5/util/Timeout;)Lorg/apache/hc/client5/http/io/ConnectionEndpoint;"));
    }
}
