package io.jvmmedic.it.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** One real PostgreSQL server for all scenarios that want one, started when first asked for. */
public final class Postgres {

    private static EmbeddedPostgres server;

    private Postgres() {
    }

    /** JDBC URL, user included. */
    public static synchronized String url() {
        if (server == null) {
            try {
                server = EmbeddedPostgres.builder().setServerConfig("max_connections", "500").start();
                Runtime.getRuntime().addShutdownHook(new Thread(Postgres::stop));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return server.getJdbcUrl("postgres", "postgres");
    }

    private static synchronized void stop() {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("*** PostgreSQL did not stop: " + e);
        }
    }
}
