package io.jvmmedic.it.harness;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A scenario's own database and user, on a MariaDB server and on the one to fail over to, reached through a proxy. A test
 * method that declares it as a parameter gets the one whose URL the patient got.
 */
public final class MariaDatabase implements Backend {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final MariaDb server = MariaDb.primary();
    private final MariaDb other = MariaDb.standby();
    private final String name = "scenario" + COUNT.incrementAndGet();
    private final String scheme;
    private final TcpProxy proxy = TcpProxy.before(server.port());
    private Connection reports;

    /** @param scheme of the URL, which chooses the driver: {@code mariadb} or {@code mysql} */
    MariaDatabase(String scheme) {
        this.scheme = scheme;
        for (MariaDb one : List.of(server, other)) {
            one.execute("create database " + name);
            one.execute("create table " + name + ".orders(id serial, text varchar(100))");
            one.execute("create user " + name + "@'%' identified by ''");
            one.execute("grant all on " + name + ".* to " + name + "@'%'");
        }
    }

    /** Through the proxy. */
    @Override
    public String url() {
        return "jdbc:" + scheme + "://127.0.0.1:" + proxy.port() + "/" + name + "?user=" + name;
    }

    public TcpProxy proxy() {
        return proxy;
    }

    /** Those who are connected now are left with a server that takes no writes; who connects anew comes to one that does. */
    public void demote() {
        server.execute("set global read_only = 1");
        proxy.leadTo(other.port());
    }

    /** Ends all sessions as an administrator does. */
    public void terminateSessions() {
        sessions().forEach(id -> server.execute("kill " + id));
    }

    private List<Long> sessions() {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(server.adminUrl());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select id from information_schema.processlist where user = '" + name + "'")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return ids;
    }

    /** Reports that are begun from now on take until {@link #endReports}. */
    public void holdReports() {
        try {
            reports = DriverManager.getConnection(server.adminUrl());
            try (Statement statement = reports.createStatement()) {
                statement.execute("select get_lock('report_end', 0)");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    public void endReports() {
        try {
            reports.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        proxy.close();
        server.execute("set global read_only = 0");
        for (MariaDb one : List.of(server, other)) {
            one.execute("drop user " + name + "@'%'");
            one.execute("drop database " + name);
        }
    }
}
