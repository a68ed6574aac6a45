package io.jvmmedic.core.inquiry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.inquiry.Interview.Reason;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.FakeClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterviewTest {

    private static final int FRESH_PID = 1;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final AskedPool pool = new AskedPool(registry);
    private final Sessions server = new Sessions();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ServerSocket listener;
    /** What a server tells of itself and of a session over this socket. */
    private Function<Socket, List<Object>> whoAmI =
            socket -> List.of(FRESH_PID, "127.0.0.1", listener.getLocalPort(), socket.getLocalPort());
    /** Port of the session that was opened last, unless a test says otherwise. */
    private int clientPort;
    private final Object handle = new Object();
    /** For how long the way to the server has worked. */
    private long workedMillis = 60_000;

    @BeforeEach
    void listen() throws IOException {
        CoarseClock.set(1_000);
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        open.add(listener);
        pool.connect = Lever.of("connect", use -> {
            Socket socket = socket();
            server.answers.put("select pg_backend_pid()", List.of(whoAmI.apply(socket)));
            server.answers.put("select id, null", List.of(whoAmI.apply(socket)));
            use.accept(server.session(FRESH_PID, socket));
        });
        knows();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        CoarseClock.set(0);
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
        open.add(socket);
        open.add(listener.accept());
        clientPort = socket.getLocalPort();
        return socket;
    }

    private void knows(List<?>... backends) {
        server.answers.put("select pid", Stream.of(backends).<List<Object>>map(backend ->
                Stream.concat(backend.stream(), Stream.of(clientPort)).map(Object.class::cast).toList()).toList());
    }

    private List<Signal> ask(Reason reason, Interview.Silent... silent) {
        return interview(reason, silent).conduct();
    }

    private Interview interview(Reason reason, Interview.Silent... silent) {
        return new Interview(pool, registry.leases(), reason, List.of(silent), workedMillis, new FakeClock());
    }

    private static List<String> verdicts(List<Signal> rows) {
        return rows.stream().filter(row -> row.type().equals(Signal.SESSION_CHECK)).map(row -> row.text("verdict"))
                .sorted().toList();
    }

    /** A borrower whose thread is inside this driver's way of waiting for rows, through the pool's statement. */
    private Interview.Silent silent(int pid, String type, String method) throws IOException {
        return silent(pid, new StackTraceElement(type, method, "Driver.java", 2),
                new StackTraceElement("com.acme.pool.PooledStatement", "execute", "PooledStatement.java", 3));
    }

    private Interview.Silent silent(int pid, StackTraceElement... frames) throws IOException {
        Object entry = pool.out(server.session(pid, socket()), handle);
        Lease slot = registry.leases().slots(pool).stream().filter(one -> one.entry() == entry).findFirst().orElseThrow();
        CoarseClock.set(CoarseClock.now() + 20_000 / CoarseClock.TICK_MILLIS);
        Thread thread = new Thread() {
            @Override
            public StackTraceElement[] getStackTrace() {
                return Stream.concat(Stream.of(new StackTraceElement("sun.nio.ch.Net", "poll", "Net.java", 1)), Stream.of(frames))
                        .toArray(StackTraceElement[]::new);
            }
        };
        ThreadView view = new ThreadView() {
            @Override
            public Thread byId(long id) {
                return thread;
            }

            @Override
            public int count() {
                return 1;
            }
        };
        return new Interview.Silent(slot, slot.read(), Borrower.of(1, view), true, true, 2, false);
    }

    private Interview.Silent waitingForRows(int pid) throws IOException {
        return silent(pid, "org.postgresql.core.v3.QueryExecutorImpl", "processResults");
    }

    @Test
    void idleSessionsAreKnownGoneOrUnknown() throws Exception {
        pool.idle(server.session(7, socket()));
        pool.idle(server.session(8, socket()));
        pool.idle(server.session(9, null));
        knows(List.of(7, "idle", 4L));
        List<Signal> rows = ask(Reason.LOST);
        assertEquals("OK", rows.get(0).text("outcome"));
        assertEquals(List.of("ALIVE", "GONE", "UNKNOWN"), verdicts(rows));
    }

    @Test
    void behindAnAddressTranslationWhatAServerDoesNotKnowProvesNothing() throws Exception {
        whoAmI = socket -> List.of(FRESH_PID, "10.0.0.7", 5432, 1);
        pool.idle(server.session(8, socket()));
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.LOST)));
    }

    /** A pooler such as PgBouncer tells numbers of its own. */
    @Test
    void behindAPoolerTheServerIsNotAskedAboutSessions() throws Exception {
        whoAmI = socket -> List.of(4711, "127.0.0.1", listener.getLocalPort(), socket.getLocalPort());
        pool.idle(server.session(8, socket()));
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.LOST)));
        assertTrue(server.asked.stream().noneMatch(sql -> sql.startsWith("select pid")), server.asked::toString);
    }

    @Test
    void aServerThatWorksOnTheStatementSpeaksForItsSession() throws Exception {
        Interview.Silent silent = waitingForRows(7);
        knows(List.of(7, "active", 1_200_000L));
        assertEquals(List.of("ALIVE"), verdicts(ask(Reason.SILENT, silent)));
    }

    @Test
    void anAnswerThatNeverArrivedIsProvenByServerAndSilence() throws Exception {
        Interview.Silent silent = waitingForRows(7);
        knows(List.of(7, "idle in transaction", 15_000L));
        assertEquals(List.of("ANSWERED"), verdicts(ask(Reason.SILENT, silent)));
        knows(List.of(7, "idle", 2_000L));
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, silent)), "it may be on its way");
        knows(List.of(7, "idle", 15_000L));
        Interview.Silent busy = new Interview.Silent(silent.slot(), silent.lease(), silent.borrower(), true, false, 2,
                false);
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, busy)), "its thread ran: something arrives");
    }

    /** What a network lost while it was down it sends again after a pause as long as all that was before. */
    @Test
    void aWayThatWorksAgainIsGivenTimeToBringWhatItHeldUp() throws Exception {
        Interview.Silent silent = waitingForRows(7);
        int port = clientPort;
        knows(List.of(7, "idle", 15_000L));
        workedMillis = 7_000;
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, silent)), "down for 8 s, so it may take 8 s more");
        workedMillis = 7_500;
        assertEquals(List.of("ANSWERED"), verdicts(ask(Reason.SILENT, silent)));
        clientPort = port;
        knows(List.of(7, "idle", 3_600_000L));
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, silent)));
        workedMillis = 15_000;
        assertEquals(List.of("ANSWERED"), verdicts(ask(Reason.SILENT, silent)), "who was cut off for an hour is not waited for");
    }

    private long againMillis(Interview.Silent silent) {
        Interview interview = interview(Reason.SILENT, silent);
        interview.conduct();
        return interview.againMillis();
    }

    @Test
    void aProofIsWaitedForNoLongerThanItTakes() throws Exception {
        Interview.Silent silent = waitingForRows(7);
        int port = clientPort;
        knows(List.of(7, "idle", 15_000L));
        assertEquals(500, againMillis(silent), "the second word is asked for in the next round");
        Interview.Silent told = new Interview.Silent(silent.slot(), silent.lease(), silent.borrower(), true, true, 3, true);
        assertEquals(3_000, againMillis(told), "and if nothing was done about it, as usual");
        clientPort = port;
        knows(List.of(7, "idle", 9_000L));
        Interview.Silent many = new Interview.Silent(silent.slot(), silent.lease(), silent.borrower(), true, true, 7, false);
        assertEquals(1_000, againMillis(many), "when it will be telling, however often it was asked about");
        clientPort = port;
        knows(List.of(7, "idle", 4_000L));
        assertEquals(3_000, againMillis(many));
        knows(List.of(7, "active", 4_000L));
        assertEquals(-1, againMillis(silent), "a report of 20 minutes is no reason to hurry");
        clientPort = port + 1;
        knows(List.of(7, "idle", 9_000L));
        assertEquals(3_000, againMillis(silent));
        assertEquals(-1, againMillis(many), "nobody will ever tell of this one");
    }

    @Test
    void mySqlKnowsItsSessionsToo() throws Exception {
        server.product = "MySQL";
        Interview.Silent silent = silent(7, "com.mysql.cj.protocol.a.NativeProtocol", "readMessage");
        List<Object> asleep = List.of(7, "Sleep", 15_000L, "localhost:" + clientPort);
        whoAmI = socket -> Arrays.asList(FRESH_PID, null, 0, "localhost:" + socket.getLocalPort());
        server.answers.put("select id, command", List.of(asleep));
        assertEquals(List.of("ANSWERED"), verdicts(ask(Reason.SILENT, silent)));
        server.answers.put("select id, command", List.of(List.of(7, "Query", 15_000L, "localhost:1")));
        assertEquals(List.of("ALIVE"), verdicts(ask(Reason.SILENT, silent)));
        server.answers.put("select id, command", List.of());
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, silent)), "it does not tell where it listens");
        server.answers.remove("select id, command");
        List<Signal> rows = ask(Reason.SILENT, silent);
        assertEquals("OK", rows.get(0).text("outcome"), "one that does not let us look is reached all the same");
        assertEquals(List.of("UNKNOWN"), verdicts(rows));
    }

    /** In containers numbers are small: behind a balancer the next server has the same ones. */
    @Test
    void theSameNumberWithAnotherPortIsAnotherSession() throws Exception {
        Interview.Silent silent = waitingForRows(7);
        clientPort++;
        knows(List.of(7, "idle", 15_000L));
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, silent)));
    }

    @Test
    void wherePortsAreChangedOnTheWayAServerMustKnowAllSessionsOfThePool() throws Exception {
        whoAmI = socket -> List.of(FRESH_PID, "10.0.0.7", 5432, 1);
        Interview.Silent silent = waitingForRows(7);
        knows(List.of(7, "idle", 15_000L));
        assertEquals(List.of("ANSWERED"), verdicts(ask(Reason.SILENT, silent)));
        Connection closed = server.session(9, socket());
        closed.close();
        pool.idle(closed);
        assertEquals(List.of("ANSWERED"), verdicts(ask(Reason.SILENT, silent)), "that one is known to be over");
        pool.idle(server.session(8, socket()));
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.SILENT, silent)), "half of them may be with a neighbour");
    }

    /** It keeps this session idle in a transaction: a pool that nobody watches, the driver's own connection, a connect. */
    @Test
    void whoWaitsOnAConnectionThatIsNotOfThisPoolIsNotWaitingForThisSession() throws Exception {
        StackTraceElement answer = new StackTraceElement("org.postgresql.core.v3.QueryExecutorImpl", "processResults", "Q.java", 2);
        StackTraceElement pooled = new StackTraceElement("com.acme.pool.Borrow", "get", "Borrow.java", 3);
        StackTraceElement app = new StackTraceElement("com.acme.Copier", "run", "Copier.java", 4);
        assertEquals(List.of("ANSWERED"), idleWhile(answer, pooled, app));
        for (StackTraceElement other : List.of(new StackTraceElement("org.hypothetic.OtherStatement", "execute", "O.java", 3), app,
                new StackTraceElement("org.postgresql.Driver", "connect", "Driver.java", 3))) {
            assertEquals(List.of(), idleWhile(answer, other, pooled, app), other.toString());
        }
    }

    /** It fetches rows of a cursor that another thread has opened, or commits what another one began. */
    @Test
    void whoMayWaitOnAnotherSessionOfThePoolIsOnlyToldOfBySessionsThatAreGone() throws Exception {
        Interview.Silent sure = waitingForRows(7);
        Interview.Silent silent = new Interview.Silent(sure.slot(), sure.lease(), sure.borrower(), false, true, 2, false);
        knows(List.of(7, "idle in transaction", 1_200_000L));
        assertEquals(List.of(), verdicts(ask(Reason.SILENT, silent)));
        knows(List.of(7, "active", 1_200_000L));
        assertEquals(List.of("ALIVE"), verdicts(ask(Reason.SILENT, silent)));
        knows();
        assertEquals(List.of("GONE"), verdicts(ask(Reason.SILENT, silent)));
    }

    private List<String> idleWhile(StackTraceElement... frames) throws Exception {
        Interview.Silent silent = silent(7, frames);
        knows(List.of(7, "idle in transaction", 1_200_000L));
        List<String> verdicts = verdicts(ask(Reason.SILENT, silent));
        registry.leases().returned(silent.slot().entry());
        return verdicts;
    }

    @Test
    void aListenerWaitsForSomethingElse() throws Exception {
        Interview.Silent listening = silent(7, "org.postgresql.core.v3.QueryExecutorImpl", "processNotifies");
        knows(List.of(7, "idle", 1_200_000L));
        assertEquals(List.of("LISTENING"), verdicts(ask(Reason.SILENT, listening)));
    }

    @Test
    void aSessionThatTheServerReachedDirectlyDoesNotKnowIsGone() throws Exception {
        assertEquals(List.of("GONE"), verdicts(ask(Reason.SILENT, waitingForRows(7))));
    }

    /** Nobody sees what it does, so only a session that is gone for certain is told. */
    @Test
    void ofAVirtualThreadOnlyTheEndOfItsSessionIsTold() throws Exception {
        Interview.Silent seen = waitingForRows(7);
        Lease.View lease = seen.lease();
        Interview.Silent virtual = new Interview.Silent(seen.slot(), new Lease.View(lease.id(), lease.resource(), -5, -5,
                lease.heldMillis(), lease.idleMillis(), false, false, null), Borrower.of(-5, null), true, false, 2, false);
        knows(List.of(7, "idle", 1_200_000L));
        assertEquals(List.of(), verdicts(ask(Reason.SILENT, virtual)), "it may compute for as long");
        knows(List.of(7, "active", 1_200_000L));
        assertEquals(List.of(), verdicts(ask(Reason.SILENT, virtual)));
        knows();
        assertEquals(List.of("GONE"), verdicts(ask(Reason.SILENT, virtual)));
    }

    @Test
    void whatWasUsedSinceIsNotJudged() throws Exception {
        Interview.Silent silent = waitingForRows(7);
        registry.leases().used(silent.slot().entry());
        assertEquals(List.of(), verdicts(ask(Reason.SILENT, silent)));
    }

    @Test
    void aFailureIsToldAndNobodyIsJudged() throws Exception {
        pool.idle(server.session(8, socket()));
        pool.connect = Lever.of("connect", use -> {
            throw new SQLException("too many clients", "53300");
        });
        List<Signal> rows = ask(Reason.LOST);
        assertEquals(1, rows.size());
        assertEquals("FAILED", rows.get(0).text("outcome"));
        assertEquals("53300", rows.get(0).text("error"));
    }

    @Test
    void bothSessionsAreAskedTheSameAboutTheirRole() {
        server.answers.put("select case", List.of(List.of("rw")));
        Sessions old = new Sessions();
        old.answers.put("select case", List.of(List.of("ro")));
        pool.borrow = Lever.of("borrow", use -> use.accept(old.session(3, null)));
        Signal row = ask(Reason.READ_ONLY).get(0);
        assertEquals("WRITABLE", row.text("role"));
        assertEquals("READ_ONLY", row.text("pooledRole"));
        assertEquals(server.asked, old.asked);
    }

    @Test
    void whereNothingCanBeBorrowedTheServerMayHaveReportedTheRoleOfAnIdleSession() {
        server.answers.put("select case", List.of(List.of("rw")));
        Sessions old = new Sessions();
        pool.idle(old.session(3, null));
        assertEquals("UNKNOWN", ask(Reason.READ_ONLY).get(0).text("pooledRole"), "an older server does not report");
        old.parameters.put("in_hot_standby", "off");
        old.parameters.put("default_transaction_read_only", "off");
        assertEquals("WRITABLE", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        old.parameters.put("in_hot_standby", "on");
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        assertEquals(List.of(), old.asked, "nothing is sent on it");
    }

    @Test
    void theRoleOfASessionInUseIsThatOfItsUser() {
        server.answers.put("select case", List.of(List.of("rw")));
        Sessions old = new Sessions();
        old.parameters.put("in_hot_standby", "off");
        old.parameters.put("default_transaction_read_only", "on");
        pool.out(old.session(3, null), handle);
        assertEquals("UNKNOWN", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
    }

    @Test
    void nobodyIsBorrowedFromWhileSomebodyWaitsOrTheServerTakesNoWrites() {
        server.answers.put("select case", List.of(List.of("rw")));
        List<String> borrowed = new ArrayList<>();
        pool.borrow = Lever.of("borrow", use -> borrowed.add("one"));
        pool.state = new PoolHandle.State(2, 0, 2, 2, 1);
        assertEquals("UNKNOWN", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        pool.state = new PoolHandle.State(1, 1, 2, 2, 0);
        server.answers.put("select case", List.of(List.of("ro")));
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("role"));
        assertEquals(List.of(), borrowed);
    }

    @Test
    void otherDatabasesAreAskedInTheirWords() {
        server.product = "MySQL";
        server.answers.put("select @@global.read_only", List.of(List.of("1")));
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("role"));
        server.answers.put("select @@global.read_only", List.of(List.of("0")));
        assertEquals("WRITABLE", ask(Reason.READ_ONLY).get(0).text("role"));
        server.product = "Oracle";
        server.answers.put("select sys_context", List.of(List.of("PHYSICAL STANDBY")));
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("role"));
        server.product = "Microsoft SQL Server";
        server.answers.put("select databasepropertyex", List.of(List.of("READ_WRITE")));
        assertEquals("WRITABLE", ask(Reason.READ_ONLY).get(0).text("role"));
        server.product = "H2";
        assertEquals("WRITABLE", ask(Reason.READ_ONLY).get(0).text("role"), "by Connection.isReadOnly");
    }

    /** A pool that does not validate keeps what its driver has closed after an error, and lends it for ever. */
    @Test
    void whatItsDriverHasClosedIsDead() throws Exception {
        Connection closed = server.session(7, socket());
        closed.close();
        pool.idle(closed);
        pool.idle(server.session(8, socket()));
        knows(List.of(8, "idle", 4L));
        assertEquals(List.of("ALIVE", "CLOSED"), verdicts(ask(Reason.LOST)));
    }

    /** MySQL's driver does not close a session that it could not send to. */
    @Test
    void aSessionThatWasLostByAnErrorAndResetIsDead() throws Exception {
        server.product = "another database";
        Socket reset = socket();
        Socket other = (Socket) open.get(open.size() - 1);
        Assumptions.assumeTrue(TcpTable.read().knows((InetSocketAddress) reset.getLocalSocketAddress(),
                (InetSocketAddress) reset.getRemoteSocketAddress()), "the kernel tells");
        Object entry = pool.idle(server.session(7, reset));
        pool.idle(server.session(8, socket()));
        registry.leases().failed(entry, new SQLException("Communications link failure", "08S01"));
        assertEquals(List.of("UNKNOWN", "UNKNOWN"), verdicts(ask(Reason.LOST)), "the connection is there");
        other.setSoLinger(true, 0);
        other.close();
        await().until(() -> !TcpTable.read().knows((InetSocketAddress) reset.getLocalSocketAddress(),
                (InetSocketAddress) reset.getRemoteSocketAddress()));
        assertEquals(List.of("CLOSED", "UNKNOWN"), verdicts(ask(Reason.LOST)));
    }

    @Test
    void aSessionWithoutAnErrorIsNotJudgedByItsSocketAlone() throws Exception {
        server.product = "another database";
        Socket closed = socket();
        pool.idle(server.session(7, closed));
        closed.close();
        assertEquals(List.of("UNKNOWN"), verdicts(ask(Reason.LOST)), "what was found may be another socket");
    }

    @Test
    void aBorrowedSessionIsGivenBackWithItsOwnPatience() {
        server.answers.put("select case", List.of(List.of("rw")));
        Sessions old = new Sessions();
        old.answers.put("select case", List.of(List.of("ro")));
        old.networkTimeouts.add(70_000);
        pool.borrow = Lever.of("borrow", use -> use.accept(old.session(3, null)));
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        assertEquals(List.of(70_000, 5_000, 70_000), old.networkTimeouts);
        old.answers.clear();
        assertEquals("UNKNOWN", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        assertEquals(70_000, old.networkTimeouts.get(old.networkTimeouts.size() - 1), "also after an error");
    }

    /** Of the sessions of one pool some may be with the old server: an idle one of them tells as much as the one borrowed. */
    @Test
    void oneSessionThatIsLeftBehindIsEnough() {
        server.answers.put("select case", List.of(List.of("rw")));
        pool.borrow = Lever.of("borrow", use -> use.accept(server.session(3, null)));
        Sessions old = new Sessions();
        pool.idle(old.session(4, null));
        assertEquals("WRITABLE", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        old.parameters.put("in_hot_standby", "on");
        old.parameters.put("default_transaction_read_only", "off");
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
    }

    @Test
    void aSessionThatItsUserMadeReadOnlySaysNothingOfItsServer() {
        server.answers.put("select case", List.of(List.of("rw")));
        Sessions own = new Sessions();
        own.readOnly = true;
        own.parameters.put("in_hot_standby", "off");
        own.parameters.put("default_transaction_read_only", "on");
        pool.idle(own.session(4, null));
        assertEquals("UNKNOWN", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
        own.readOnly = false;
        assertEquals("READ_ONLY", ask(Reason.READ_ONLY).get(0).text("pooledRole"));
    }
}
