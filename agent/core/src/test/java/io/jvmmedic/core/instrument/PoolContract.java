package io.jvmmedic.core.instrument;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.lang.ref.Reference;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.h2.engine.CastDataProvider;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcDatabaseMetaData;
import org.h2.jdbc.JdbcResultSet;
import org.h2.jdbc.JdbcStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every JDBC pool's integration must do, on every version in the matrix. A pool's own test says which versions there
 * are and how a pool is made; what is special about it, it tests itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PoolContract {

    protected static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Longer than a test may take: a waiter that is not served fails by the test's patience, never by its own. */
    protected static final long LONG_WAIT_MILLIS = 120_000;
    private static final int ROUNDS = 200;
    private static final int RACES = 40;
    private static final int COLLECTIONS = 5;
    /** Tests of connections that hang, by the pool's name. */
    private static final Map<String, CompletableFuture<Void>> TESTS = new ConcurrentHashMap<>();

    private final ExecutorService borrowers = Executors.newCachedThreadPool();

    /**
     * What a test wants of a pool. All else is the library's default, but for automatic repairs of its own and background
     * validation, which stay off.
     *
     * @param url of an H2 database of the test's own
     */
    public record Wanted(String name, String url, int maximum, long timeoutMillis) {
    }

    // ---- what a pool's test says

    /** Names of versions, or of a version with some setting: {@code 9.0.16 unfair}. */
    protected abstract Stream<String> variants();

    protected abstract Integration integration();

    /** Makes a pool as a host would, with the classes of that version's own loader. */
    protected abstract DataSource open(String variant, Wanted wanted) throws Exception;

    protected void close(DataSource pool) throws Exception {
        ((AutoCloseable) pool).close();
    }

    /** Whether an unreachable handle can be seen at all; not where the pool keeps the handles it gave out reachable. */
    protected boolean provesLeaks() {
        return true;
    }

    /** As {@link #provesLeaks()}, of one variant. */
    protected boolean provesLeaks(String variant) {
        return provesLeaks();
    }

    /** Whether a borrower that is interrupted while it waits leaves at once. */
    protected boolean waitsInterruptibly() {
        return true;
    }

    /** Whether {@link PoolHandle#softEvict} also reaches what is in use, once it comes back. */
    protected boolean evictsWhatComesBack() {
        return true;
    }

    /** Whether {@link PoolHandle#physical} is implemented; where it is not, nothing is learned from a look at the peer. */
    protected boolean knowsPhysical() {
        return true;
    }

    /** Whether the pool keeps a list of what is out, so that borrows from before a hot attach can be seen in it. */
    protected boolean listsWhatIsOut(String variant) {
        return true;
    }

    /** Whether the library itself throws this where one thread closes a handle and another one is just using it. */
    protected boolean isOwnFault(RuntimeException thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        // Most proxies read again what they have found open, and it is null by then. The JIT leaves out stacks it has seen often.
        return thrown instanceof NullPointerException
                && (stack.length == 0 || !stack[0].getClassName().startsWith("io.jvmmedic."));
    }

    /** Whether the pool lets one see how many wait for it. */
    protected boolean countsWaiters() {
        return true;
    }

    // ---- helpers for a pool's own tests

    /** Makes a pool. */
    protected interface Opening {
        DataSource open(Wanted wanted) throws Exception;
    }

    /** A pool in a woven host, for the time of one test. */
    protected final class Ward implements AutoCloseable {

        public final WovenHost medic;
        public final DataSource pool;

        public Ward(String variant, String name, int maximum, long timeoutMillis) throws Exception {
            this(wanted -> open(variant, wanted), variant, name, maximum, timeoutMillis);
        }

        /** With a pool that is made another way. */
        public Ward(Opening opening, String variant, String name, int maximum, long timeoutMillis) throws Exception {
            medic = WovenHost.lasting(integration());
            pool = opening.open(wanted(variant, name, maximum, timeoutMillis));
        }

        /** The one pool there is; a second handle of the same pool is a fault. Known from the first borrow at the latest. */
        public PoolHandle handle() throws SQLException {
            if (medic.registry.pools().isEmpty()) {
                pool.getConnection().close();
            }
            return only(medic);
        }

        /** The pool's entry behind this thread's only borrow. */
        public Object entryOfMine() {
            return medic.leases.byId(leaseOfMine().id()).entry();
        }

        public Lease.View leaseOfMine() {
            long self = Jdk.threadId(Thread.currentThread());
            List<Lease.View> mine = medic.leases.of(only(medic)).stream()
                    .filter(lease -> lease.threadId() == self).toList();
            assertEquals(1, mine.size(), "borrows of this thread");
            return mine.get(0);
        }

        public Future<Connection> borrowElsewhere() {
            return borrowers.submit(() -> pool.getConnection());
        }

        public void awaitWaiters(int count) {
            await().atMost(PATIENCE).until(() -> medic.leases.waiters().size() == count);
            if (countsWaiters()) {
                await().atMost(PATIENCE).until(() -> only(medic).state().waiting() == count);
            }
        }

        @Override
        public void close() throws Exception {
            try {
                PoolContract.this.close(pool);
            } finally {
                medic.close();
            }
        }
    }

    protected static Wanted wanted(String variant, String name, int maximum, long timeoutMillis) {
        String unique = name + "-" + variant.replaceAll("[^A-Za-z0-9]", "-");
        return new Wanted(unique, "jdbc:h2:mem:" + unique + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=" + LONG_WAIT_MILLIS, maximum,
                timeoutMillis);
    }

    private static PoolHandle only(WovenHost medic) {
        assertEquals(1, medic.registry.pools().size(), () -> "handles: "
                + medic.registry.pools().stream().map(PoolHandle::id).toList());
        return medic.registry.pools().get(0);
    }

    protected final <T> Future<T> elsewhere(Callable<T> task) {
        return borrowers.submit(task);
    }

    protected static <T> T result(Future<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** On one of the agent's own threads, as remedies pull. */
    public static <A> void pull(Lever<A> lever, A argument) throws Throwable {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        new MedicThread(() -> {
            try {
                lever.pull(argument);
                outcome.complete(null);
            } catch (Throwable e) {
                outcome.complete(e);
            }
        }, "lever").start();
        Throwable thrown = outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (thrown != null) {
            throw thrown;
        }
    }

    protected static boolean fails(Connection connection) {
        try (Statement works = connection.createStatement()) {
            works.execute("select 1");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    /** By an interface of its class: not every pool unwraps to anything else. */
    protected static JdbcConnection physical(Connection connection) throws SQLException {
        return (JdbcConnection) connection.unwrap(CastDataProvider.class);
    }

    protected static int sessionOf(Connection connection) throws SQLException {
        return number(connection, "select session_id()");
    }

    protected static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    protected static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Borrows all there is at once, each a connection of its own that works, and gives all back. */
    protected static void assertWhole(DataSource pool, PoolHandle handle, int maximum) throws SQLException {
        Set<Connection> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < maximum; i++) {
            Connection connection = pool.getConnection();
            all.add(connection);
            assertTrue(distinct.add(physical(connection)), "two borrowers of one connection");
            assertEquals(1, number(connection, "select 1"));
        }
        for (Connection connection : all) {
            connection.close();
        }
        await().atMost(PATIENCE).untilAsserted(() ->
                assertEquals(new PoolHandle.State(0, maximum, maximum, maximum, 0), handle.state()));
    }

    /** From a pool that has little patience: on a machine that stands still for a moment the first tries may be in vain. */
    private static Connection borrowAtLast(DataSource pool) {
        return await().atMost(PATIENCE).ignoreExceptionsInstanceOf(SQLException.class)
                .until(pool::getConnection, Objects::nonNull);
    }

    /**
     * As after a hot attach: no hook has fired and nobody waits; a thread of the pool leads to it and to what is out.
     *
     * @param name of the pool: the same thread may have led to others before
     */
    protected final void assertFoundWhenExhausted(String name, DataSource pool) throws Exception {
        ResourceRegistry registry = new ResourceRegistry();
        ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
        ThreadCensus census = new ThreadCensus(registry, opener, integration().discoveries(registry, opener));
        AtomicReference<PoolHandle> found = new AtomicReference<>();
        WovenHost.unweave();
        try (Connection one = pool.getConnection(); Connection two = pool.getConnection()) {
            await().atMost(PATIENCE).until(() -> {
                census.run();
                registry.pools().stream().filter(handle -> handle.id().name().equals(name)).forEach(found::set);
                return found.get() != null;
            });
            assertEquals(2, found.get().entriesInUse().size());
            assertEquals(new PoolHandle.State(2, 0, 2, 2, 0), found.get().state());
            assertFalse(one.isClosed() || two.isClosed());
        } finally {
            close(pool);
        }
        assertFalse(found.get().alive());
    }

    @AfterAll
    void stop() {
        WovenHost.unweave();
        borrowers.shutdownNow();
    }

    // ---- hooks

    @ParameterizedTest
    @MethodSource("variants")
    void borrowAndReturnAreSeenOnceEach(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "seen", 2, LONG_WAIT_MILLIS)) {
            for (int i = 0; i < 10; i++) {
                try (Connection connection = ward.pool.getConnection()) {
                    assertEquals(1, ward.medic.leases.of(ward.handle()).size());
                    // What was given back may be on its way still: c3p0 looks it over on a thread of its own.
                    await().atMost(PATIENCE).until(() -> ward.handle().state().active() == 1);
                    assertEquals(2, ward.handle().state().max());
                    Lease.View lease = ward.leaseOfMine();
                    assertFalse(lease.unreachable());
                    assertFalse(lease.escaped());
                    assertEquals(1, number(connection, "select 1"));
                }
                assertEquals(List.of(), ward.medic.leases.of(ward.handle()));
            }
            assertEquals(10, ward.medic.leases.borrows(ward.handle()));
            await().atMost(PATIENCE).until(() -> ward.handle().state().active() == 0);
            assertEquals(List.of(), ward.medic.leases.waiters(), "nobody ever waited");
            assertEquals(0, ward.medic.leases.timeouts(ward.handle()));
            // Versions that other tests had refused are loaded in this JVM as well.
            String loader = "@" + Integer.toHexString(System.identityHashCode(ward.pool.getClass().getClassLoader()));
            assertEquals(List.of(), ward.medic.instrumenter.report().problems().stream()
                    .filter(problem -> problem.loader().endsWith(loader)).toList());
            assertTrue(ward.medic.instrumenter.report().applied(integration().name()));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aSecondCloseReturnsNothing(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "twice", 1, LONG_WAIT_MILLIS)) {
            Connection first = ward.pool.getConnection();
            first.close();
            try (Connection second = ward.pool.getConnection()) {
                long lease = ward.leaseOfMine().id();
                first.close();
                assertTrue(first.isClosed());
                assertEquals(lease, ward.leaseOfMine().id(), "the lease of the next borrower");
                assertEquals(1, number(second, "select 1"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void booksAreRightAfterManyBorrowersAtOnce(String variant) throws Exception {
        int threads = 6;
        int turns = 300;
        try (Ward ward = new Ward(variant, "busy", 3, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            long before = ward.medic.leases.borrows(handle);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(elsewhere(() -> {
                    for (int turn = 0; turn < turns; turn++) {
                        try (Connection connection = ward.pool.getConnection()) {
                            number(connection, "select 1");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(120, TimeUnit.SECONDS);
            }
            assertEquals(threads * turns, ward.medic.leases.borrows(handle) - before);
            assertEquals(List.of(), ward.medic.leases.of(handle));
            assertEquals(List.of(), ward.medic.leases.waiters());
            assertEquals(0, ward.medic.leases.timeouts(handle));
            assertWhole(ward.pool, handle, 3);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void waitersAreListedWhileTheyWait(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "waiting", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            Connection only = ward.pool.getConnection();
            AtomicReference<Thread> thread = new AtomicReference<>();
            Future<Integer> waiter = elsewhere(() -> {
                thread.set(Thread.currentThread());
                try (Connection second = ward.pool.getConnection()) {
                    return number(second, "select 1");
                }
            });
            ward.awaitWaiters(1);
            assertSame(thread.get(), ward.medic.leases.waiters().iterator().next().thread());
            only.close();
            assertEquals(1, result(waiter));
            assertTrue(ward.medic.leases.waiters().isEmpty());
            assertEquals(0, ward.medic.leases.timeouts(handle));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aTimeoutAndAnInterruptEndTheWait(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "vain", 1, 1_000)) {
            try (Connection only = borrowAtLast(ward.pool)) {
                PoolHandle handle = ward.handle();
                long before = ward.medic.leases.timeouts(handle);
                assertThrows(SQLException.class, ward.pool::getConnection);
                assertTrue(ward.medic.leases.waiters().isEmpty(), "after the timeout");
                assertEquals(before + 1, ward.medic.leases.timeouts(handle));

                if (waitsInterruptibly()) {
                    Thread.currentThread().interrupt();
                    assertThrows(SQLException.class, ward.pool::getConnection);
                    Thread.interrupted();
                    assertTrue(ward.medic.leases.waiters().isEmpty(), "after the interrupt");
                    assertEquals(before + 1, ward.medic.leases.timeouts(handle), "an interrupt is no timeout");
                }
                assertEquals(1, number(only, "select 1"));
            }
        }
    }

    /** A way to have the server do something; the argument is a connection with a table {@code used(id)}. */
    private interface Use {
        void on(Connection connection) throws SQLException;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whoAsksSomethingOfTheServerIsSeenToUseTheLease(String variant) throws Exception {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("execute", connection -> connection.createStatement().execute("select 1"));
        uses.put("executeQuery", connection -> connection.createStatement().executeQuery("select 1"));
        uses.put("executeUpdate", connection -> connection.createStatement().executeUpdate("update used set id = 2"));
        uses.put("executeBatch", connection -> {
            Statement statement = connection.createStatement();
            statement.addBatch("update used set id = 3");
            statement.executeBatch();
        });
        uses.put("prepared execute", connection -> connection.prepareStatement("select 1").execute());
        uses.put("prepared executeQuery", connection -> connection.prepareStatement("select 1").executeQuery());
        uses.put("prepared executeUpdate", connection ->
                connection.prepareStatement("update used set id = 4").executeUpdate());
        uses.put("callable execute", connection -> connection.prepareCall("call 1").execute());
        uses.put("isValid", connection -> connection.isValid(1));
        uses.put("commit", Connection::commit);
        uses.put("rollback", Connection::rollback);
        try (Ward ward = new Ward(variant, "used", 1, LONG_WAIT_MILLIS);
                Connection connection = ward.pool.getConnection()) {
            execute(connection, "create table if not exists used(id int)");
            connection.setAutoCommit(false);
            for (Map.Entry<String, Use> use : uses.entrySet()) {
                execute(connection, "select 1");
                assertEquals(Jdk.threadId(Thread.currentThread()), ward.leaseOfMine().userId());
                long user = result(elsewhere(() -> {
                    use.getValue().on(connection);
                    return Jdk.threadId(Thread.currentThread());
                }));
                assertEquals(user, ward.leaseOfMine().userId(), use.getKey());
            }
        }
    }

    /**
     * A thread ran the query, another one works on its rows, each for long: it is the one that has the connection. Where a
     * result set is the driver's own the lease has escaped, and nothing is concluded from its being unused.
     */
    @ParameterizedTest
    @MethodSource("variants")
    void whoFetchesARowIsSeenToUseTheLeaseWhileRowsAreFollowed(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "rows", 1, LONG_WAIT_MILLIS);
                Connection connection = ward.pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select x from system_range(1, 100)");
                PreparedStatement prepared = connection.prepareStatement("select x from system_range(1, 100)");
                ResultSet more = prepared.executeQuery()) {
            for (ResultSet each : List.of(rows, more)) {
                assertTrue(each.next());
                long reader = result(elsewhere(() -> {
                    Hooks.followRows(true);
                    try {
                        assertTrue(each.next());
                    } finally {
                        Hooks.followRows(false);
                    }
                    return Jdk.threadId(Thread.currentThread());
                }));
                Lease.View lease = ward.leaseOfMine();
                assertTrue(lease.userId() == reader || lease.escaped(), variant);
                execute(connection, "select 1");
            }
        }
    }

    // ---- the proof

    /** Else collections are asked for in vain, and what they find reachable is taken to be in use. */
    @ParameterizedTest
    @MethodSource("variants")
    void thePoolSaysWhetherItKeepsTheHandles(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "keeps", 1, LONG_WAIT_MILLIS)) {
            assertEquals(!provesLeaks(variant), ward.handle().keepsHandles());
        }
    }

    /** Something a borrower may go on working with after it has dropped the connection. */
    protected interface Kept {
        Object of(Connection connection) throws SQLException;
    }

    /** By name; a pool's test may add what its own API hands out. */
    protected Map<String, Kept> kept() {
        Map<String, Kept> kept = new LinkedHashMap<>();
        kept.put("the handle", connection -> connection);
        kept.put("a statement", Connection::createStatement);
        kept.put("a prepared statement", connection -> connection.prepareStatement("select 1"));
        kept.put("a callable statement", connection -> connection.prepareCall("call 1"));
        kept.put("a result set", PoolContract::row);
        kept.put("a result set of a prepared statement", connection ->
                connection.prepareStatement("select x from system_range(1, 100)").executeQuery());
        kept.put("a result set by getResultSet", connection -> {
            Statement statement = connection.createStatement();
            statement.execute("select x from system_range(1, 100)");
            return statement.getResultSet();
        });
        kept.put("generated keys", connection -> {
            Statement statement = connection.createStatement();
            statement.executeUpdate("insert into kept(name) values ('x')", Statement.RETURN_GENERATED_KEYS);
            return statement.getGeneratedKeys();
        });
        kept.put("metadata", Connection::getMetaData);
        kept.put("a result set of metadata", connection -> connection.getMetaData().getTables(null, null, "%", null));
        kept.put("the connection of a statement", connection -> connection.createStatement().getConnection());
        kept.put("the connection of metadata", connection -> connection.getMetaData().getConnection());
        kept.put("the statement of a result set", connection -> row(connection).getStatement());
        kept.put("the driver's connection", connection -> connection.unwrap(JdbcConnection.class));
        kept.put("the driver's statement", connection -> connection.createStatement().unwrap(JdbcStatement.class));
        kept.put("the driver's prepared statement", connection ->
                connection.prepareStatement("select 1").unwrap(JdbcStatement.class));
        kept.put("the driver's metadata", connection -> connection.getMetaData().unwrap(JdbcDatabaseMetaData.class));
        kept.put("the driver's result set", connection -> row(connection).unwrap(JdbcResultSet.class));
        kept.put("a new Blob", Connection::createBlob);
        kept.put("a new Clob", Connection::createClob);
        kept.put("a new SQLXML", Connection::createSQLXML);
        kept.put("a new Array", connection -> connection.createArrayOf("INTEGER", new Object[] {1}));
        kept.put("a Blob", connection -> row(connection).getBlob(1));
        kept.put("a Blob by name", connection -> row(connection).getBlob("B"));
        kept.put("a Clob", connection -> row(connection).getClob(2));
        kept.put("a binary stream", connection -> row(connection).getBinaryStream(1));
        kept.put("a character stream", connection -> row(connection).getCharacterStream("C"));
        kept.put("an Array", connection -> row(connection).getArray(4));
        kept.put("a Blob as an object", connection -> row(connection).getObject(1));
        kept.put("a Clob as an object", connection -> row(connection).getObject("C", java.sql.Clob.class));
        return kept;
    }

    /** On its first row: b a Blob, c a Clob, v a plain value, a an Array. */
    protected static ResultSet row(Connection connection) throws SQLException {
        ResultSet row = connection.createStatement().executeQuery(
                "select cast(X'00' as blob) as b, cast('x' as clob) as c, 'plain' as v, array[1, 2] as a");
        row.next();
        return row;
    }

    /**
     * Nothing a borrower can go on working with is mistaken for a leak: it keeps the handle reachable, or the lease is
     * marked as escaped.
     */
    @ParameterizedTest
    @MethodSource("variants")
    void whoCanStillWorkIsNoLeak(String variant) throws Exception {
        Map<String, Kept> kinds = kept();
        try (Ward ward = new Ward(variant, "kept", kinds.size(), LONG_WAIT_MILLIS)) {
            try (Connection connection = ward.pool.getConnection()) {
                execute(connection, "create table if not exists kept(id int auto_increment, name varchar)");
            }
            Map<String, Object> held = new HashMap<>();
            Map<String, Long> leases = new LinkedHashMap<>();
            for (Map.Entry<String, Kept> kind : kinds.entrySet()) {
                Set<Long> before = Set.copyOf(ids(ward));
                held.put(kind.getKey(), assertDoesKeep(ward.pool, kind.getValue(), kind.getKey()));
                leases.put(kind.getKey(), ids(ward).stream().filter(id -> !before.contains(id)).findFirst().orElseThrow());
            }
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
                Map<Long, Lease.View> views = new HashMap<>();
                ward.medic.leases.of(ward.handle()).forEach(view -> views.put(view.id(), view));
                List<String> mistaken = leases.entrySet().stream().filter(lease -> {
                    Lease.View view = views.get(lease.getValue());
                    return view.unreachable() && !view.escaped();
                }).map(Map.Entry::getKey).toList();
                assertEquals(List.of(), mistaken, "taken for a leak although somebody can go on working with");
            }
            Reference.reachabilityFence(held);
        }
    }

    private static Object assertDoesKeep(DataSource pool, Kept kind, String name) throws SQLException {
        Object kept = kind.of(pool.getConnection());
        assertNotNull(kept, name);
        return kept;
    }

    private static List<Long> ids(Ward ward) throws SQLException {
        return ward.medic.leases.of(ward.handle()).stream().map(Lease.View::id).toList();
    }

    /** Ways to leak that leave nothing behind to work with. */
    protected Map<String, Kept> leaks() {
        Map<String, Kept> leaks = new LinkedHashMap<>();
        leaks.put("a handle", connection -> 1);
        leaks.put("a closed statement", connection -> number(connection, "select 1"));
        leaks.put("an open statement", connection -> connection.createStatement().execute("select 1"));
        leaks.put("an open prepared statement", connection -> connection.prepareStatement("select 1").execute());
        leaks.put("an open result set", connection -> {
            ResultSet row = row(connection);
            row.getObject(3);
            row.getBytes(1);
            return row.getString(2);
        });
        leaks.put("an open transaction", connection -> {
            connection.setAutoCommit(false);
            return connection.createStatement().execute("insert into leaked values (1)");
        });
        leaks.put("a look at metadata", connection -> connection.getMetaData().getTables(null, null, "%", null).next());
        return leaks;
    }

    /** Those of {@link #leaks()} that this variant leaves nothing of. */
    protected Map<String, Kept> leaks(String variant) {
        return leaks();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatNobodyCanReachIsProven(String variant) throws Exception {
        assumeTrue(provesLeaks(variant));
        Map<String, Kept> kinds = leaks(variant);
        try (Ward ward = new Ward(variant, "dropped", kinds.size() + 1, LONG_WAIT_MILLIS);
                Connection held = ward.pool.getConnection()) {
            execute(held, "create table if not exists leaked(id int)");
            long innocent = ward.leaseOfMine().id();
            for (Map.Entry<String, Kept> kind : kinds.entrySet()) {
                assertDoesKeep(ward.pool, kind.getValue(), kind.getKey());
            }
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return ward.medic.leases.of(ward.handle()).stream().filter(Lease.View::unreachable).count()
                        == kinds.size();
            });
            for (Lease.View lease : ward.medic.leases.of(ward.handle())) {
                assertEquals(lease.id() != innocent, lease.unreachable());
                assertFalse(lease.escaped());
            }
            assertEquals(1, number(held, "select 1"));
        }
    }

    // ---- levers

    @ParameterizedTest
    @MethodSource("variants")
    void closingALeakedEntryServesWhoWaits(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "reclaim", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            Connection leaked = ward.pool.getConnection();
            int leakedSession = sessionOf(leaked);
            Object entry = ward.entryOfMine();
            Future<Connection> waiter = ward.borrowElsewhere();
            ward.awaitWaiters(1);
            assertTrue(handle.inUse(entry));

            pull(handle.closeEntry(), entry);

            try (Connection served = result(waiter)) {
                assertNotEquals(leakedSession, sessionOf(served));
                assertFalse(handle.inUse(entry));
                await().atMost(PATIENCE).until(() -> fails(leaked));
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertEquals(1, ward.medic.leases.of(handle).size());
                leaked.close();
                leaked.close();
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state(), "closing the dead handle frees nothing");
                assertThrows(IllegalStateException.class, () -> pull(handle.closeEntry(), entry), "only once");
                assertEquals(1, ward.medic.leases.of(handle).size());
                assertEquals(1, number(served, "select 1"));
            }
            assertWhole(ward.pool, handle, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void allWaitersAreServedByAsManyReclaims(String variant) throws Throwable {
        int count = 4;
        try (Ward ward = new Ward(variant, "crowd", count, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            for (int i = 0; i < count; i++) {
                ward.pool.getConnection();
            }
            List<Future<Integer>> waiters = new ArrayList<>();
            for (int i = 0; i < 2 * count; i++) {
                waiters.add(elsewhere(() -> {
                    try (Connection connection = ward.pool.getConnection()) {
                        return number(connection, "select 1");
                    }
                }));
            }
            ward.awaitWaiters(2 * count);
            List<Object> entries = handle.entriesInUse();
            assertEquals(count, entries.size());
            for (Object entry : entries) {
                pull(handle.closeEntry(), entry);
            }
            for (Future<Integer> waiter : waiters) {
                assertEquals(1, result(waiter));
            }
            assertEquals(List.of(), ward.medic.leases.of(handle));
            assertWhole(ward.pool, handle, count);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void anEntryThatWasGivenBackIsNotClosed(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "returned", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            Connection connection = ward.pool.getConnection();
            int session = sessionOf(connection);
            Object entry = ward.entryOfMine();
            connection.close();
            // Some pools are still busy giving it back, on threads of their own.
            await().atMost(PATIENCE).until(() -> !handle.inUse(entry));
            assertThrows(IllegalStateException.class, () -> pull(handle.closeEntry(), entry));
            try (Connection same = ward.pool.getConnection()) {
                assertEquals(session, sessionOf(same), "the connection was not touched");
            }
            assertWhole(ward.pool, handle, 1);
        }
    }

    /** The slot may be given back in the very moment in which it is closed: either way it counts once. */
    @ParameterizedTest
    @MethodSource("variants")
    void aRaceBetweenOwnerAndReclaimLosesNoSlot(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "race", 2, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            for (int round = 0; round < RACES; round++) {
                Connection connection = ward.pool.getConnection();
                Object entry = ward.entryOfMine();
                Future<?> closer = elsewhere(() -> {
                    connection.close();
                    return null;
                });
                try {
                    pull(handle.closeEntry(), entry);
                } catch (IllegalStateException givenBack) {
                    // Some pools are still busy giving it back, on threads of their own.
                    await().atMost(PATIENCE).until(() -> !handle.inUse(entry));
                }
                result(closer);
            }
            assertEquals(List.of(), ward.medic.leases.of(handle));
            assertWhole(ward.pool, handle, 2);
        }
    }

    /**
     * The promise: what the old owner still holds never reaches the connection of the next borrower. One slot, so the
     * innocent is the next borrower; the old owner's statement, result set and handle are used, committed, rolled back and
     * closed by several threads all the while.
     */
    @ParameterizedTest
    @MethodSource("variants")
    void aDeadHandleNeverReachesTheNextBorrower(String variant) throws Throwable {
        int attackers = 3;
        int rounds = 15;
        try (Ward ward = new Ward(variant, "dead", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            try (Connection connection = ward.pool.getConnection()) {
                execute(connection, "create table if not exists ghost(id int)");
                execute(connection, "create table if not exists innocent(id int)");
            }
            for (int round = 0; round < rounds; round++) {
                Connection dead = ward.pool.getConnection();
                dead.setAutoCommit(false);
                int deadSession = sessionOf(dead);
                Statement statement = dead.createStatement();
                Statement prepared = dead.prepareStatement("insert into ghost values (2)");
                ResultSet rows = dead.createStatement().executeQuery("select x from system_range(1, 100000)");
                rows.next();
                List<Use> attacks = List.of(
                        connection -> statement.execute("insert into ghost values (1)"),
                        connection -> ((java.sql.PreparedStatement) prepared).executeUpdate(),
                        connection -> execute(connection, "insert into ghost values (3)"),
                        connection -> connection.prepareStatement("insert into ghost values (4)").execute(),
                        connection -> rows.next(),
                        Connection::commit,
                        Connection::rollback,
                        connection -> connection.setAutoCommit(true),
                        connection -> connection.setReadOnly(true),
                        connection -> statement.close(),
                        Connection::close,
                        Connection::close);
                pull(handle.closeEntry(), ward.entryOfMine());
                // Some pools close on a thread of their own, and until then the old owner has its own session still.
                await().atMost(PATIENCE).until(() -> fails(dead));

                AtomicBoolean stop = new AtomicBoolean();
                List<Future<Integer>> attacking = new ArrayList<>();
                for (int i = 0; i < attackers; i++) {
                    int first = i;
                    attacking.add(elsewhere(() -> {
                        int attempts = 0;
                        while (!stop.get() || attempts < attacks.size()) {
                            try {
                                attacks.get((first + attempts) % attacks.size()).on(dead);
                            } catch (SQLException clean) {
                                // What the old owner should get.
                            } catch (RuntimeException unclean) {
                                if (!isOwnFault(unclean)) {
                                    throw unclean;
                                }
                            }
                            attempts++;
                        }
                        return attempts;
                    }));
                }
                try (Connection innocent = ward.pool.getConnection()) {
                    assertNotEquals(deadSession, sessionOf(innocent));
                    innocent.setAutoCommit(false);
                    for (int i = 0; i < 10; i++) {
                        execute(innocent, "insert into innocent values (" + i + ")");
                        assertEquals(i + 1, number(innocent, "select count(*) from innocent"), "nobody rolled back");
                    }
                    assertFalse(innocent.getAutoCommit());
                    assertFalse(innocent.isReadOnly());
                    innocent.rollback();
                    assertEquals(0, number(innocent, "select count(*) from innocent"), "nobody committed");
                    assertEquals(0, number(innocent, "select count(*) from ghost"), "no statement of the dead handle ran");
                    assertEquals(1, handle.state().active());
                    innocent.rollback();
                    innocent.setAutoCommit(true);
                } finally {
                    stop.set(true);
                }
                for (Future<Integer> one : attacking) {
                    assertTrue(result(one) >= attacks.size());
                }
                assertTrue(dead.isClosed());
            }
            assertEquals(List.of(), ward.medic.leases.of(handle));
            assertWhole(ward.pool, handle, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void manyRoundsOfLeakAndReclaimLeaveAWholePool(String variant) throws Throwable {
        int maximum = 3;
        List<Kept> ways = List.copyOf(leaks(variant).values());
        try (Ward ward = new Ward(variant, "rounds", maximum, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            try (Connection connection = ward.pool.getConnection()) {
                execute(connection, "create table if not exists leaked(id int)");
            }
            for (int round = 0; round < ROUNDS; round++) {
                assertDoesKeep(ward.pool, ways.get(round % ways.size()), "way " + round % ways.size());
                pull(handle.closeEntry(), ward.entryOfMine());
            }
            assertEquals(List.of(), ward.medic.leases.of(handle));
            assertEquals(List.of(), handle.entriesInUse());
            assertEquals(0, ward.medic.leases.timeouts(handle));
            assertWhole(ward.pool, handle, maximum);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void evictingALiveHandleServesWhoWaits(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "evict", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.evictHandle().isPresent(), () -> handle.evictHandle().description());
            Connection stuck = ward.pool.getConnection();
            Future<Connection> waiter = ward.borrowElsewhere();
            ward.awaitWaiters(1);

            pull(handle.evictHandle(), stuck);

            try (Connection served = result(waiter)) {
                assertEquals(1, number(served, "select 1"));
                await().atMost(PATIENCE).until(() -> fails(stuck));
                stuck.close();
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                try {
                    pull(handle.evictHandle(), stuck);
                } catch (IllegalStateException notOut) {
                    // Pools differ in whether they say so; none may do anything.
                }
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertEquals(1, number(served, "select 1"));
            }
            assertWhole(ward.pool, handle, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aGrownPoolServesParkedWaitersAndShrinksAgain(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "grow", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.resize().isPresent(), () -> handle.resize().description());
            Connection first = ward.pool.getConnection();
            Future<Connection> second = ward.borrowElsewhere();
            Future<Connection> third = ward.borrowElsewhere();
            ward.awaitWaiters(2);

            pull(handle.resize(), 3);
            // Some levers look after those who wait for a second only; a machine may stand still for longer.
            await().atMost(PATIENCE).untilAsserted(() -> {
                pull(handle.kick(), 2);
                assertTrue(second.isDone() && third.isDone(), "parked waiters are served");
            });
            assertEquals(1, number(result(second), "select 1"));
            assertEquals(1, number(result(third), "select 1"));
            assertEquals(new PoolHandle.State(3, 0, 3, 3, 0), handle.state());
            assertEquals(3, ward.medic.leases.of(handle).size(), "what the kick borrowed itself is nobody's lease");
            assertEquals(1, number(first, "select 1"));

            // Idle surplus goes at once, surplus in use when it comes back, at a later pull at the latest.
            result(second).close();
            pull(handle.resize(), 1);
            assertEquals(1, handle.state().max());
            assertEquals(1, number(first, "select 1"), "nobody at work is cut off");
            assertEquals(1, number(result(third), "select 1"));
            result(third).close();
            first.close();
            await().atMost(PATIENCE).untilAsserted(() -> {
                pull(handle.resize(), 1);
                assertEquals(new PoolHandle.State(0, 1, 1, 1, 0), handle.state());
            });
            assertWhole(ward.pool, handle, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aKickOfAHealthyPoolChangesNothing(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "kick", 2, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.kick().isPresent(), () -> handle.kick().description());
            try (Connection connection = ward.pool.getConnection()) {
                pull(handle.kick(), 2);
                assertEquals(1, handle.state().active());
                assertEquals(1, ward.medic.leases.of(handle).size());
                assertEquals(1, number(connection, "select 1"));
            }
            assertWhole(ward.pool, handle, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void softEvictReplacesWhatIsIdleAndCutsNobodyOff(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "soft", 2, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.softEvict().isPresent(), () -> handle.softEvict().description());
            int idle;
            int used;
            try (Connection atWork = ward.pool.getConnection()) {
                used = sessionOf(atWork);
                try (Connection connection = ward.pool.getConnection()) {
                    idle = sessionOf(connection);
                }
                pull(handle.softEvict(), null);
                assertEquals(used, sessionOf(atWork), "who works goes on working");
                try (Connection connection = ward.pool.getConnection()) {
                    assertNotEquals(idle, sessionOf(connection));
                    assertNotEquals(used, sessionOf(connection));
                }
            }
            await().atMost(PATIENCE).until(() -> handle.state().active() == 0);
            for (int i = 0; i < 2 && evictsWhatComesBack(); i++) {
                try (Connection one = ward.pool.getConnection(); Connection two = ward.pool.getConnection()) {
                    assertNotEquals(used, sessionOf(one), "what was in use is let go of when it comes back");
                    assertNotEquals(used, sessionOf(two), "what was in use is let go of when it comes back");
                }
            }
            assertWhole(ward.pool, handle, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theDriversConnectionOfASlotIsKnown(String variant) throws Exception {
        assumeTrue(knowsPhysical());
        try (Ward ward = new Ward(variant, "physical", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            try (Connection connection = ward.pool.getConnection()) {
                assertSame(physical(connection), handle.physical(ward.entryOfMine()));
                assertEquals(List.of(ward.entryOfMine()), handle.entriesInUse());
            }
            assertEquals(List.of(), handle.entriesInUse());
            assertNull(handle.physical(new Object()));
            assertFalse(handle.inUse(new Object()));
        }
    }

    /** The proof that the service can be reached must not need a slot, and must not be seen as a borrow. */
    @ParameterizedTest
    @MethodSource("variants")
    void aConnectionIsOpenedOutsideOfThePool(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "connect", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.connect().isPresent(), () -> handle.connect().description());
            try (Connection connection = ward.pool.getConnection()) {
                AtomicReference<Connection> opened = new AtomicReference<>();
                PoolHandle.State before = handle.state();
                pull(handle.connect(), fresh -> {
                    try {
                        assertNotEquals(sessionOf(connection), sessionOf(fresh));
                        opened.set(fresh);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertTrue(opened.get().isClosed(), "closed afterwards");
                assertEquals(before, handle.state());
                assertEquals(1, ward.medic.leases.of(handle).size());
                assertNotSame(opened.get(), physical(connection));
            }
        }
    }

    /** What a borrower would get now, asked on its behalf; nobody is to find a trace of it afterwards. */
    @ParameterizedTest
    @MethodSource("variants")
    void aSessionIsBorrowedAsTheApplicationDoes(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "asked", 1, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.borrow().isPresent(), () -> handle.borrow().description());
            int session;
            try (Connection connection = ward.pool.getConnection()) {
                session = sessionOf(connection);
            }
            await().atMost(PATIENCE).until(() -> handle.state().idle() == 1);
            long borrows = ward.medic.leases.borrows(handle);
            AtomicReference<Integer> asked = new AtomicReference<>();
            pull(handle.borrow(), given -> {
                try {
                    asked.set(sessionOf(given));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertEquals(session, asked.get(), "the one that was idle");
            assertEquals(borrows, ward.medic.leases.borrows(handle), "it is no borrow of the application's");
            try (Connection connection = ward.pool.getConnection()) {
                assertEquals(session, sessionOf(connection), "and it is there for the next one");
            }
            assertWhole(ward.pool, handle, 1);
        }
    }

    /** Called by the database where a pool tests a connection. */
    public static int hang(String name) {
        CompletableFuture<Void> end = TESTS.get(name);
        if (end != null) {
            end.join();
        }
        return 1;
    }

    /**
     * A test of a free slot that gets no answer is seen as somebody's who hangs in it, and as no borrow.
     *
     * @param opening makes a pool with that validation query, asked at each borrow of what has been idle for 1 ms
     */
    protected final void assertHangingTestIsSeen(Function<String, Opening> opening, String variant) throws Exception {
        String name = "tests-" + variant.replaceAll("[^A-Za-z0-9]", "-");
        try (Connection h2 = DriverManager.getConnection("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1")) {
            execute(h2, "create alias hang for '" + PoolContract.class.getName() + ".hang'");
            try (Ward ward = new Ward(opening.apply("call hang('" + name + "')"), variant, "tests", 1, LONG_WAIT_MILLIS)) {
                ward.pool.getConnection().close();
                long returned = System.currentTimeMillis();
                await().until(() -> System.currentTimeMillis() > returned + 1);
                PoolHandle handle = ward.handle();
                long borrows = ward.medic.leases.borrows(handle);
                CompletableFuture<Void> end = new CompletableFuture<>();
                TESTS.put(name, end);
                Future<Connection> borrower = ward.borrowElsewhere();
                await().atMost(PATIENCE).until(() -> ward.medic.leases.of(handle).size() == 1);
                Lease.View test = ward.medic.leases.of(handle).get(0);
                assertTrue(test.isTest());
                assertFalse(test.unreachable());
                assertNotEquals(Jdk.threadId(Thread.currentThread()), test.threadId(), "the thread that hangs");
                assertNotNull(handle.physical(ward.medic.leases.byId(test.id()).entry()));
                assertEquals(borrows, ward.medic.leases.borrows(handle));
                assertEquals(0, ward.medic.leases.waiters().size(), "it has its slot");
                TESTS.remove(name);
                end.complete(null);
                try (Connection served = result(borrower)) {
                    Lease.View borrow = ward.medic.leases.of(handle).get(0);
                    assertFalse(borrow.isTest());
                    assertFalse(borrow.escaped());
                    assertNotEquals(test.id(), borrow.id());
                    assertEquals(1, number(served, "select 1"));
                }
                assertEquals(List.of(), ward.medic.leases.of(handle));
            }
        } finally {
            TESTS.remove(name);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theCreatorOfAHealthyPoolIsAlive(String variant) throws Exception {
        try (Ward ward = new Ward(variant, "creator", 1, LONG_WAIT_MILLIS);
                Connection connection = ward.pool.getConnection()) {
            assertFalse(ward.handle().creator().dead());
            assertEquals(1, number(connection, "select 1"));
        }
    }

    /** The last rung takes everything from everybody, but who waits is no part of it: they are served. */
    @ParameterizedTest
    @MethodSource("variants")
    void aResetStartsOverAndServesWhoWaits(String variant) throws Throwable {
        try (Ward ward = new Ward(variant, "reset", 2, LONG_WAIT_MILLIS)) {
            PoolHandle handle = ward.handle();
            assumeTrue(handle.reset().isPresent(), () -> handle.reset().description());
            Connection one = ward.pool.getConnection();
            Connection two = ward.pool.getConnection();
            Set<Integer> old = Set.of(sessionOf(one), sessionOf(two));
            Future<Connection> third = ward.borrowElsewhere();
            Future<Connection> fourth = ward.borrowElsewhere();
            ward.awaitWaiters(2);

            pull(handle.reset(), null);

            try (Connection served = result(third); Connection also = result(fourth)) {
                assertFalse(old.contains(sessionOf(served)));
                assertFalse(old.contains(sessionOf(also)));
                await().atMost(PATIENCE).until(() -> fails(one) && fails(two));
                one.close();
                two.close();
                assertEquals(2, ward.medic.leases.of(ward.handle()).size());
            }
            assertWhole(ward.pool, ward.handle(), 2);
        }
    }

    // ---- hot attach, detach, end

    /** Leaked before us, by whatever is waiting now: the next waiter passes a hook. */
    @ParameterizedTest
    @MethodSource("variants")
    void whatWasLeakedBeforeAHotAttachIsListedAndCanBeClosed(String variant) throws Throwable {
        assumeTrue(listsWhatIsOut(variant));
        WovenHost.unweave();
        DataSource pool = open(variant, wanted(variant, "before", 2, LONG_WAIT_MILLIS));
        try {
            Connection one = pool.getConnection();
            Connection two = pool.getConnection();
            Set<Integer> old = Set.of(sessionOf(one), sessionOf(two));
            try (WovenHost medic = new WovenHost(integration())) {
                Future<Connection> waiter = elsewhere(pool::getConnection);
                await().atMost(PATIENCE).until(() -> medic.leases.waiters().size() == 1);
                PoolHandle handle = only(medic);
                List<Object> entries = handle.entriesInUse();
                assertEquals(2, entries.size());
                assertEquals(2, handle.state().active());
                assertTrue(entries.stream().allMatch(handle::inUse));
                pull(handle.closeEntry(), entries.get(0));
                pull(handle.closeEntry(), entries.get(1));
                try (Connection served = result(waiter)) {
                    assertFalse(old.contains(sessionOf(served)));
                }
                await().atMost(PATIENCE).until(() -> fails(one) && fails(two));
                one.close();
                two.close();
                assertWhole(pool, handle, 2);
            }
        } finally {
            close(pool);
        }
    }

    /** A borrow from before is nobody's lease; its end must not disturb the books. */
    @ParameterizedTest
    @MethodSource("variants")
    void aBorrowFromBeforeAHotAttachEndsQuietly(String variant) throws Exception {
        WovenHost.unweave();
        DataSource pool = open(variant, wanted(variant, "over", 2, LONG_WAIT_MILLIS));
        try {
            Connection early = pool.getConnection();
            try (WovenHost medic = new WovenHost(integration())) {
                try (Connection late = pool.getConnection()) {
                    assertEquals(1, medic.leases.of(only(medic)).size());
                    assertEquals(1, number(early, "select 1"));
                    early.close();
                    assertEquals(1, medic.leases.of(only(medic)).size());
                    assertEquals(1, number(late, "select 1"));
                }
                assertEquals(List.of(), medic.leases.of(only(medic)));
                assertWhole(pool, only(medic), 2);
                medic.instrumenter.uninstall();
                long before = medic.leases.borrows(only(medic));
                pool.getConnection().close();
                assertEquals(before, medic.leases.borrows(only(medic)), "nothing is seen after the uninstall");
            }
        } finally {
            close(pool);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aClosedPoolIsForgotten(String variant) throws Exception {
        PoolHandle handle;
        try (Ward ward = new Ward(variant, "closed", 1, LONG_WAIT_MILLIS)) {
            handle = ward.handle();
            assertTrue(handle.alive());
            close(ward.pool);
            await().atMost(PATIENCE).until(() -> !handle.alive());
            ward.medic.registry.prune();
            assertTrue(ward.medic.registry.pools().isEmpty());
        }
    }
}
