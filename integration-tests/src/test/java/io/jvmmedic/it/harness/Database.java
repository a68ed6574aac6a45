package io.jvmmedic.it.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * A scenario's own database and user, reached through a proxy of its own, so that what is done to it is done to nobody
 * else. A test method that declares it as a parameter gets the one whose URL the patient got.
 */
public final class Database implements Backend {

    private static final AtomicInteger COUNT = new AtomicInteger();
    /** Of these, PostgreSQL reserves three for the administrator. */
    private static final int OWN_SERVER_CONNECTIONS = 40;
    private static final Duration DEADLINE = Duration.ofSeconds(150);

    private final EmbeddedPostgres server;
    private final boolean ownServer;
    private final String name;
    private final TcpProxy proxy;

    private Database(EmbeddedPostgres server, boolean ownServer, boolean demotable) {
        this.server = server;
        this.ownServer = ownServer;
        name = "scenario" + COUNT.incrementAndGet();
        proxy = TcpProxy.before(server.getPort());
        administer("create role " + name + " login");
        administer("create database " + name + " owner " + name);
        if (!demotable) {
            administer("alter database " + name + " set default_transaction_read_only = off");
        }
    }

    /** On the shared server. */
    static Database shared() {
        return new Database(Postgres.shared(), false, false);
    }

    /** On the shared server, for {@link #demote}; only one such scenario can run at a time. */
    static Database demotable() {
        return new Database(Postgres.shared(), false, true);
    }

    /** On a small server of its own, for {@link #crash}. */
    static Database alone() {
        return new Database(Postgres.start(OWN_SERVER_CONNECTIONS), true, false);
    }

    /** Through the proxy. */
    @Override
    public String url() {
        return "jdbc:postgresql://localhost:" + proxy.port() + "/" + name + "?user=" + name;
    }

    public TcpProxy proxy() {
        return proxy;
    }

    /** Past the proxy and as the owner of everything, who finds a connection also when there are none left for others. */
    public void execute(String sql) {
        execute(server.getJdbcUrl("postgres", name), sql);
    }

    /** Ends all sessions as an administrator does, SQLState 57P01. */
    public void terminateSessions() {
        administer("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
    }

    /** Those who are connected now are left with a server that takes no writes; who connects anew finds one that does. */
    public void demote() {
        administer("alter system set default_transaction_read_only = on");
        administer("select pg_reload_conf()");
        administer("alter database " + name + " set default_transaction_read_only = off");
    }

    /** No more sessions than that, SQLState 53300. */
    public void limitSessions(int most) {
        administer("alter role " + name + " connection limit " + most);
    }

    /** One process of the server dies, and the server ends all sessions, SQLState 57P02, recovers and starts again. */
    public void crash() {
        long victim = pids().get(0);
        ProcessHandle.of(victim).orElseThrow().destroyForcibly();
        Awaitility.await("the server is back").atMost(DEADLINE).ignoreExceptions().until(() -> !pids().contains(victim));
    }

    /** Processes of the server that serve sessions of this database. */
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(Postgres.url(server));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select pid from pg_stat_activity where datname = '" + name + "'")) {
            while (rows.next()) {
                pids.add(rows.getLong(1));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return pids;
    }

    @Override
    public void close() {
        proxy.close();
        if (ownServer) {
            Postgres.stop(server);
        } else {
            administer("alter system reset default_transaction_read_only");
            administer("select pg_reload_conf()");
            administer("drop database " + name + " with (force)");
        }
    }

    private void administer(String sql) {
        execute(Postgres.url(server), sql);
    }

    static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql + " failed", e);
        }
    }
}
