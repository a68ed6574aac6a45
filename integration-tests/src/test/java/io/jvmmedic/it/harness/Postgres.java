package io.jvmmedic.it.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Real PostgreSQL: one server for all scenarios that want one, started when first asked for, and some of their own. */
public final class Postgres {

    private static final Duration START_DEADLINE = Duration.ofSeconds(120);

    private static EmbeddedPostgres shared;

    private Postgres() {
    }

    /** JDBC URL of the shared server, user included. */
    public static String url() {
        return url(shared());
    }

    static synchronized EmbeddedPostgres shared() {
        if (shared == null) {
            EmbeddedPostgres server = start(500);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
            // Some scenarios demote sessions by the server's default, which must not reach the others.
            Database.execute(url(server), "alter database postgres set default_transaction_read_only = off");
            shared = server;
        }
        return shared;
    }

    static EmbeddedPostgres start(int maxConnections) {
        try {
            return EmbeddedPostgres.builder().setPGStartupWait(START_DEADLINE)
                    .setServerConfig("max_connections", String.valueOf(maxConnections)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String url(EmbeddedPostgres server) {
        return server.getJdbcUrl("postgres", "postgres");
    }

    static void stop(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("*** PostgreSQL did not stop: " + e);
        }
    }
}
