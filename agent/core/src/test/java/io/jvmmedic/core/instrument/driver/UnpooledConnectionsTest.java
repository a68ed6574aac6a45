package io.jvmmedic.core.instrument.driver;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jvmmedic.core.control.HoldersView;
import io.jvmmedic.core.control.LiveResources;
import io.jvmmedic.core.instrument.InstallReport;
import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.UnpooledConnections;
import io.jvmmedic.core.util.Jdk;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.sql.XAConnection;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Connections that no pool counts: told by the code that opened them; a pool's own are not among them. */
@SuppressWarnings("try") // Connections that are there to be held.
class UnpooledConnectionsTest {

    private static final String URL = "jdbc:h2:mem:unpooled;DB_CLOSE_DELAY=-1";
    private static final String NAME = "unpooled:jdbc:h2:mem:unpooled";

    /** Sets an option after the login that H2 does not have. */
    private static final String NOT_FOR_H2 = "42.7.14";

    private static WovenHost medic() throws InterruptedException {
        List<Integration> integrations = new ArrayList<>(DriverIntegration.all());
        integrations.add(new HikariIntegration());
        return new WovenHost(integrations.toArray(Integration[]::new));
    }

    private static List<UnpooledConnections.Row> rows(WovenHost medic) {
        return medic.registry.unpooled().rows();
    }

    private static UnpooledConnections.Row only(WovenHost medic) {
        List<UnpooledConnections.Row> rows = rows(medic);
        assertEquals(1, rows.size(), rows::toString);
        return rows.get(0);
    }

    private static void assertCounts(WovenHost medic, int open, long opened, long leaked) {
        UnpooledConnections.Row row = only(medic);
        assertEquals(List.of((long) open, opened, leaked), List.of((long) row.open(), row.opened(), row.leaked()),
                row::toString);
    }

    @Test
    void whatAnApplicationOpensIsCountedUntilItsClose() throws Exception {
        try (WovenHost medic = medic()) {
            for (int i = 0; i < 3; i++) {
                try (Connection connection = DriverManager.getConnection(URL)) {
                    assertCounts(medic, 1, i + 1, 0);
                }
            }
            assertCounts(medic, 0, 3, 0);
            assertEquals(NAME, only(medic).database().id().toString());
            assertEquals("H2", only(medic).database().library());
        }
    }

    @Test
    void aDataSourceWithoutAPoolIsNoPool() throws Exception {
        try (WovenHost medic = medic()) {
            JdbcDataSource source = new JdbcDataSource();
            source.setURL(URL);
            new JdbcTemplate(new DriverManagerDataSource(URL)).execute("select 1");
            try (Connection direct = source.getConnection()) {
                assertEquals(1, rows(medic).stream().mapToInt(UnpooledConnections.Row::open).sum());
                XAConnection xa = source.getXAConnection();
                assertEquals(2, rows(medic).stream().mapToInt(UnpooledConnections.Row::open).sum());
                xa.close();
            }
            assertEquals(0, rows(medic).stream().mapToInt(UnpooledConnections.Row::open).sum());
            assertEquals(3, rows(medic).stream().mapToLong(UnpooledConnections.Row::opened).sum());
        }
    }

    @Test
    void whatAPoolOpensForItselfIsNotCountedAgain() throws Exception {
        try (WovenHost medic = medic()) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(URL);
            config.setMaximumPoolSize(3);
            JdbcConnectionPool unwatched = JdbcConnectionPool.create(URL, "", "");
            try (HikariDataSource pool = new HikariDataSource(config); Connection one = pool.getConnection();
                    Connection two = pool.getConnection(); Connection three = unwatched.getConnection()) {
                await().until(() -> pool.getHikariPoolMXBean().getTotalConnections() == 3);
                assertEquals(List.of(), rows(medic));
                try (Connection plain = DriverManager.getConnection(URL)) {
                    assertCounts(medic, 1, 1, 0);
                }
            } finally {
                unwatched.dispose();
            }
        }
    }

    /** The driver makes connections for itself: functions and triggers in the database run on them. */
    @Test
    void whatTheDriverMakesForItselfIsNoConnectionOfTheApplication() throws Exception {
        try (WovenHost medic = medic(); Connection connection = DriverManager.getConnection(URL)) {
            connection.createStatement().execute("create alias if not exists own for '"
                    + Inside.class.getName() + ".own'");
            connection.createStatement().execute("call own()");
            assertCounts(medic, 1, 1, 0);
        }
    }

    /** A function of the database. */
    public static final class Inside {

        private Inside() {
        }

        @SuppressWarnings("unused") // Called by the database.
        public static int own(Connection inside) {
            return 1;
        }
    }

    @Test
    void aConnectionThatWasCollectedWithoutACloseIsALeakOfItsSite() throws Exception {
        try (WovenHost medic = medic(); Connection kept = DriverManager.getConnection(URL)) {
            forget();
            forget();
            await().until(() -> {
                System.gc();
                return rows(medic).stream().mapToLong(UnpooledConnections.Row::leaked).sum() == 2;
            });
            LiveResources live = new LiveResources(medic.registry, threads(), pool -> List.of());
            HoldersView view = live.holders(NAME);
            assertEquals(1, view.pool().used());
            assertEquals(3, view.pool().served());
            assertEquals(2, view.holders().size());
            assertEquals(Thread.currentThread().getName(), view.holders().get(0).thread());
            assertFalse(view.holders().get(0).unreachable());
            assertEquals("2 connections never closed", view.holders().get(1).thread());
            assertTrue(view.holders().get(1).unreachable());
            assertEquals(1, live.counts().get("unpooled"));
            assertFalse(kept.isClosed());
        }
    }

    private static void forget() throws SQLException {
        assertTrue(DriverManager.getConnection(URL).createStatement().executeQuery("select 1").next());
    }

    private static ThreadView threads() {
        return new ThreadView() {
            @Override
            public Thread byId(long id) {
                return Jdk.threadId(Thread.currentThread()) == id ? Thread.currentThread() : null;
            }

            @Override
            public int count() {
                return 1;
            }
        };
    }

    @Test
    void databasesAreBounded() throws Exception {
        try (WovenHost medic = medic()) {
            for (int i = 0; i < 150; i++) {
                DriverManager.getConnection("jdbc:h2:mem:tenant-" + i).close();
            }
            assertEquals(101, medic.registry.unpooled().databases().size());
            assertEquals(150, rows(medic).stream().mapToLong(UnpooledConnections.Row::opened).sum());
        }
    }

    static Stream<String> postgreSqlDrivers() {
        return LibraryLoader.versions("postgresql").stream().filter(version -> !version.equals(NOT_FOR_H2));
    }

    /** Real drivers, against H2 speaking their protocol. */
    @ParameterizedTest
    @MethodSource("postgreSqlDrivers")
    void connectionsOfPostgreSqlAreCountedAlsoUnderALoginTimeout(String version) throws Exception {
        Server server = Server.createPgServer("-pgPort", "0", "-ifNotExists", "-key", "shop", "mem:shop").start();
        try (WovenHost medic = medic()) {
            Driver driver = (Driver) LibraryLoader.of("postgresql", version).loadClass("org.postgresql.Driver")
                    .getDeclaredConstructor().newInstance();
            String url = "jdbc:postgresql://localhost:" + server.getPort() + "/shop";
            Properties login = new Properties();
            login.setProperty("user", "sa");
            login.setProperty("password", "sa");
            for (String loginTimeout : List.of("0", "20")) {
                login.setProperty("loginTimeout", loginTimeout);
                Connection connection = driver.connect(url, login);
                assertEquals("unpooled:" + url, only(medic).database().id().toString());
                assertEquals(1, only(medic).open());
                connection.close();
                assertEquals(0, only(medic).open());
            }
            Connection aborted = driver.connect(url, login);
            try {
                aborted.abort(Runnable::run);
            } catch (SecurityException refusedFromJava24On) {
                assertCounts(medic, 1, 3, 0);
                aborted.close();
            }
            assertCounts(medic, 0, 3, 0);

            HikariConfig config = new HikariConfig();
            config.setDataSource(new SimpleDriverDataSource(driver, url, login));
            config.setMaximumPoolSize(2);
            config.setInitializationFailTimeout(20_000);
            try (HikariDataSource pool = new HikariDataSource(config); Connection one = pool.getConnection()) {
                assertCounts(medic, 0, 3, 0);
            }
        } finally {
            server.stop();
        }
    }

    static Stream<Arguments> connectionTypes() {
        return Stream.of("mysql com.mysql.cj.jdbc.ConnectionImpl", "postgresql org.postgresql.jdbc.PgConnection", "mariadb org.mariadb.jdbc.Connection",
                        "postgresql org.postgresql.Driver", "oracle oracle.jdbc.driver.T4CConnection")
                .map(text -> text.split(" "))
                .flatMap(words -> LibraryLoader.versions(words[0]).stream()
                        .map(version -> Arguments.of(words[0], version, words[1])));
    }

    /** Shapes fit and woven classes are verified, also of drivers whose database does not run here. */
    @ParameterizedTest
    @MethodSource("connectionTypes")
    void hooksFit(String driver, String version, String type) throws Exception {
        try (WovenHost medic = medic()) {
            LibraryLoader loader = LibraryLoader.of(driver, version);
            Class.forName(type, true, loader);
            List<InstallReport.Row> rows = medic.instrumenter.report().rows().stream()
                    .filter(row -> row.integration().equals(driver) && !row.loader().isEmpty()).toList();
            assertFalse(rows.isEmpty());
            assertTrue(rows.stream().allMatch(row -> row.state() == InstallReport.State.APPLIED), rows::toString);
        }
    }

    static Stream<Arguments> connectors() {
        return Stream.of("mysql com.mysql.cj.jdbc.Driver jdbc:mysql://localhost:1/shop",
                        "postgresql org.postgresql.Driver jdbc:postgresql://localhost:1/shop",
                        "mariadb org.mariadb.jdbc.Driver jdbc:mariadb://localhost:1/shop",
                        "oracle oracle.jdbc.OracleDriver jdbc:oracle:thin:@//localhost:1/shop")
                .map(text -> text.split(" "))
                .flatMap(words -> LibraryLoader.versions(words[0]).stream()
                        .map(version -> Arguments.of(words[0], version, words[1], words[2])));
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void aConnectionThatFailedIsNone(String name, String version, String type, String url) throws Exception {
        try (WovenHost medic = medic()) {
            Driver driver = (Driver) LibraryLoader.of(name, version).loadClass(type)
                    .getDeclaredConstructor().newInstance();
            Properties login = new Properties();
            login.setProperty("user", "sa");
            login.setProperty("password", "sa");
            assertThrows(SQLException.class, () -> driver.connect(url, login));
            assertEquals(List.of(), rows(medic));
        }
    }
}
