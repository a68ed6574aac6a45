package io.jvmmedic.core.instrument.driver;

import static io.jvmmedic.core.instrument.Member.constructor;
import static io.jvmmedic.core.instrument.Member.field;
import static io.jvmmedic.core.instrument.Member.method;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.Member;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.instrument.Weave;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.UnpooledDatabase;
import java.util.List;

/**
 * One JDBC driver, for connections outside any pool: each opening and each close. Drivers and not {@code DriverManager}:
 * pools and data sources do not pass through that one, it cannot tell a close, and it would be a class of the JDK to weave.
 * One integration for each, since an unknown version of one driver must not cost the others their hooks.
 */
public final class DriverIntegration implements Integration {

    private static final String ADVICE = DriverIntegration.class.getPackageName() + ".";
    private static final Member CLOSE = method("close", "()V");
    private static final Member ABORT = method("abort", "(Ljava/util/concurrent/Executor;)V");

    private final String name;
    private final String library;
    private final List<String> opens;
    private final List<String> urlPath;
    private final List<Weave> weaves;

    /** @param urlPath fields that lead from what the opening hook passes to the URL; empty where it passes the URL */
    private DriverIntegration(String name, String library, List<String> opens, List<String> urlPath, Weave... weaves) {
        this.name = name;
        this.library = library;
        this.opens = opens;
        this.urlPath = urlPath;
        this.weaves = List.of(weaves);
    }

    /** All drivers that are known. */
    public static List<Integration> all() {
        return List.of(h2(), postgreSql(), mySql(), mariaDb(), oracle());
    }

    /** Server-side connections of triggers and the copies they make have constructors of their own. */
    private static Integration h2() {
        return new DriverIntegration("h2", "H2", List.of(), List.of(),
                Weave.into("org.h2.jdbc.JdbcConnection")
                        .hook(ADVICE + "H2OpenedAdvice",
                                constructor("(Ljava/lang/String;Ljava/util/Properties;Ljava/lang/String;"
                                        + "Ljava/lang/Object;Z)V"),
                                constructor("(Ljava/lang/String;Ljava/util/Properties;)V"))
                        .hook(ADVICE + "ClosedAdvice", CLOSE));
    }

    private static Integration postgreSql() {
        return new DriverIntegration("postgresql", "PostgreSQL", List.of(), List.of(),
                Weave.into("org.postgresql.Driver")
                        .hook(ADVICE + "PostgreSqlOpenedAdvice",
                                method("connect", "(Ljava/lang/String;Ljava/util/Properties;)Ljava/sql/Connection;")),
                Weave.into("org.postgresql.jdbc.PgConnection")
                        .hook(ADVICE + "ClosedAdvice", CLOSE)
                        .hook(ADVICE + "AbortedAdvice", ABORT));
    }

    /** Behind a load balancer of the driver too: each of its connections is one of these. */
    private static Integration mySql() {
        return new DriverIntegration("mysql", "MySQL", List.of("com.mysql.cj.conf"),
                List.of("originalUrl", "originalConnStr"),
                Weave.into("com.mysql.cj.jdbc.ConnectionImpl")
                        .hook(ADVICE + "MySqlOpenedAdvice", constructor("(Lcom/mysql/cj/conf/HostInfo;)V"))
                        .hook(ADVICE + "ClosedAdvice", CLOSE)
                        .hook(ADVICE + "AbortedAdvice", method("abortInternal", "()V")));
    }

    private static Integration mariaDb() {
        return new DriverIntegration("mariadb", "MariaDB", List.of("org.mariadb.jdbc"), List.of("initialUrl"),
                Weave.into("org.mariadb.jdbc.Connection")
                        .hook(ADVICE + "MariaDbOpenedAdvice",
                                constructor("(Lorg/mariadb/jdbc/Configuration;"
                                        + "Lorg/mariadb/jdbc/client/util/ClosableLock;Lorg/mariadb/jdbc/client/Client;)V"),
                                constructor("(Lorg/mariadb/jdbc/Configuration;"
                                        + "Ljava/util/concurrent/locks/ReentrantLock;Lorg/mariadb/jdbc/client/Client;)V"))
                        .hook(ADVICE + "ClosedAdvice", CLOSE)
                        .hook(ADVICE + "AbortedAdvice", ABORT));
    }

    private static Integration oracle() {
        return new DriverIntegration("oracle", "Oracle", List.of(), List.of(),
                Weave.into("oracle.jdbc.driver.PhysicalConnection")
                        .needs(field("url", "Ljava/lang/String;"))
                        .hook(ADVICE + "OracleOpenedAdvice",
                                method("connect", "(Loracle/jdbc/internal/AbstractConnectionBuilder;)V"))
                        .hook(ADVICE + "ClosedAdvice", CLOSE)
                        .hook(ADVICE + "AbortedAdvice", ABORT),
                Weave.into("oracle.jdbc.driver.T4CConnection").hook(ADVICE + "ClosedAdvice", CLOSE));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> opens() {
        return opens;
    }

    @Override
    public List<Weave> weaves() {
        return weaves;
    }

    @Override
    public HandleFactory handles() {
        return (source, registry) -> new UnpooledDatabase(DatabaseName.of(url(source), name), library);
    }

    private String url(Object source) {
        Object found = source;
        for (String step : urlPath) {
            found = found == null ? null : Members.read(found, step);
        }
        return found instanceof String url ? url : "";
    }
}
