package io.jvmmedic.core.inquiry;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Phrases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One talk with the server behind a pool: opens a connection beside the pool, asks it about itself and about the pool's
 * sessions, and looks at their sockets. Runs on a disposable thread. Sessions in use are never touched: of them only the
 * fields of the driver's object are read.
 */
final class Interview {

    /** Why the server is asked. */
    enum Reason { LOST, READ_ONLY, SILENT, JAM, CREATOR }

    /** The word of the server or of the network on one session. */
    enum Verdict {
        /** The server works on its statement, or knows the idle session. */
        ALIVE,
        /** The server has closed it, or its driver has, or it was reset. */
        CLOSED,
        /** The server itself, reached directly, does not know it. */
        GONE,
        /** The server has answered long ago, and nothing of it has arrived. */
        ANSWERED,
        /** The other side acknowledges nothing any more. */
        UNREACHABLE,
        /** Its borrower waits for what the server may say unasked, and may wait for ever. */
        LISTENING,
        UNKNOWN
    }

    /**
     * A borrower that waits for the answer to a statement; a virtual thread, which nobody can see, may do anything else.
     *
     * @param theOnlyOne if it waits for an answer on a connection of this pool's library, it is this one
     * @param quiet its thread has not run for one moment in some seconds, so not a byte has arrived
     * @param times how many looks there were in a row, this one included
     * @param dead the look before has said that it is dead
     */
    record Silent(Lease slot, Lease.View lease, Borrower borrower, boolean theOnlyOne, boolean quiet, int times, boolean dead) {
    }

    private record Idle(Lease slot, Object entry, Connection physical) {
    }

    /**
     * What a server told.
     *
     * @param trusted it was reached without anything in between, so what it does not know does not exist
     * @param samePorts it sees its clients' own ports
     * @param knowsAll it knows the number of each session of the pool
     */
    private record Witness(Map<Integer, Dialect.Backend> backends, boolean asked, boolean trusted, boolean samePorts,
            boolean knowsAll, SessionSocket socket) {
        private static final Witness NONE = new Witness(Map.of(), false, false, false, false, null);

        /**
         * Whether the process that has this number is really the one behind a session. Behind a balancer another server may
         * use the same number for somebody else, and in containers numbers are small: so the client's port must agree, or,
         * where something in between changes it, no session of the pool may be missing here.
         */
        boolean means(Dialect.Backend backend, SessionSocket session) {
            return samePorts ? session != null && session.local().getPort() == backend.clientPort() : knowsAll;
        }
    }

    /** Sent again and again for six seconds or more, by the usual doubling from 200 ms. */
    private static final int RETRANSMITS = 5;
    private static final int PROBES = 3;
    /** What is on its way from a server may be stuck for some seconds in a bad network. */
    private static final long ANSWERED_MILLIS = 10_000;
    /**
     * A network that was down and works again brings back what was lost only when that is sent anew, and each pause until
     * then is as long as all before it together. So the way must have worked for half of the silence before silence counts
     * as an answer; who was cut off for longer than this is not waited for any more.
     */
    private static final long MAX_SETTLING_MILLIS = 15_000;
    /** The usual pause between keep-alive probes, which does not grow. */
    private static final long PROBE_MILLIS = 75_000;
    private static final Set<String> DEAD = Set.of(Verdict.GONE.name(), Verdict.ANSWERED.name(), Verdict.UNREACHABLE.name());
    /** The second look of a proof: in the next round. */
    private static final long SECOND_LOOK_MILLIS = 500;
    /** A session of which nobody can tell is asked about so many times without a pause: the proof may take a while. */
    private static final int PATIENT_TALKS = 6;
    private static final int MAX_CHAIN = 8;
    private static final int MAX_IDLE = 50;
    private static final int MAX_PIDS = 500;
    /** Where the driver of PostgreSQL waits for a notification. */
    private static final String DRIVER = "org.postgresql.core.v3.QueryExecutorImpl";
    private static final String NOTIFICATIONS = "processNotifies";
    private static final int NETWORK_MILLIS = 5_000;

    private final PoolHandle pool;
    private final Leases leases;
    private final Reason reason;
    private final List<Silent> silent;
    private final long workedMillis;
    private final Clock clock;
    private final List<Signal> rows = new ArrayList<>();
    private Dialect.Role role = Dialect.Role.UNKNOWN;
    private Dialect.Role pooledRole = Dialect.Role.UNKNOWN;
    private Witness witness = Witness.NONE;
    /** The kernel's table has the fresh connection: what it does not have, it would have. */
    private boolean freshIsListed;
    private long took;
    private long againMillis = -1;

    /** @param workedMillis for how long the way to the server is known to have worked */
    Interview(PoolHandle pool, Leases leases, Reason reason, List<Silent> silent, long workedMillis, Clock clock) {
        this.pool = pool;
        this.leases = leases;
        this.reason = reason;
        this.silent = silent;
        this.workedMillis = workedMillis;
        this.clock = clock;
    }

    /** Never throws. Locks come first, then the row of the fresh connection, then those of single sessions. */
    List<Signal> conduct() {
        List<Idle> idle = reason == Reason.LOST ? idle() : List.of();
        String error = "";
        long begin = clock.monotonicMillis();
        try {
            pool.connect().pull(fresh -> {
                took = clock.monotonicMillis() - begin;
                ask(fresh, idle);
            });
            if (reason == Reason.READ_ONLY && role == Dialect.Role.WRITABLE) {
                askPooled();
                if (pooledRole != Dialect.Role.READ_ONLY) {
                    Dialect.Role reported = reportedRole();
                    pooledRole = reported == Dialect.Role.UNKNOWN ? pooledRole : reported;
                }
            }
        } catch (Throwable e) {
            error = text(e);
        }
        boolean worked = error.isEmpty();
        rows.add(Signal.of(Signal.FRESH_CONNECTION, clock.millis()).with("tick", -1).with("resource", pool.id())
                .with("reason", reason.name()).with("outcome", worked ? "OK" : "FAILED").with("took", took)
                .with("error", error).with("role", role.name()).with("pooledRole", pooledRole.name()).build());
        if (worked) {
            judge(idle);
        }
        return rows;
    }

    /** In what time it is worth asking again, ms; -1 when there is no hurry. */
    long againMillis() {
        if (role == Dialect.Role.WRITABLE && pooledRole == Dialect.Role.READ_ONLY
                || rows.stream().anyMatch(row -> saysDead(row) || row.text("verdict").equals(Verdict.CLOSED.name()))) {
            againIn(ServerInquiry.EVERY_MILLIS);
        }
        return againMillis;
    }

    private void againIn(long millis) {
        againMillis = againMillis < 0 ? millis : Math.min(againMillis, millis);
    }

    /** Whether a session in use is dead. */
    boolean saysDead() {
        return rows.stream().anyMatch(row -> saysDead(row) && row.number("leaseId") >= 0);
    }

    static boolean saysDead(Signal row) {
        return row.type().equals(Signal.SESSION_CHECK) && DEAD.contains(row.text("verdict"));
    }

    boolean reached() {
        return rows.stream().anyMatch(row -> row.text("outcome").equals("OK"));
    }

    private static String text(Throwable error) {
        Throwable cause = error;
        // A chain may be a ring.
        for (int i = 0; i < MAX_CHAIN && cause != null; i++) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState() + (sql.getErrorCode() == 0 ? "" : "/" + sql.getErrorCode());
            }
            cause = cause.getCause();
        }
        return error.getClass().getName();
    }

    /** Free slots that were borrowed before; the pool's other ones have no history and nobody's errors. */
    private List<Idle> idle() {
        List<Idle> found = new ArrayList<>();
        for (Lease slot : leases.slots(pool)) {
            Object entry = slot.entry();
            Connection physical = entry == null || slot.read() != null || pool.inUse(entry) ? null : pool.physical(entry);
            if (physical != null && found.size() < MAX_IDLE) {
                found.add(new Idle(slot, entry, physical));
            }
        }
        return found;
    }

    /** On the fresh connection, which nobody else has; any question may fail without spoiling the others. */
    private void ask(Connection fresh, List<Idle> idle) {
        try {
            beImpatient(fresh);
            if (!fresh.isValid(NETWORK_MILLIS / 1_000)) {
                throw new IllegalStateException("the fresh connection is not valid");
            }
            if (reason == Reason.READ_ONLY) {
                role = Dialect.role(fresh);
            } else if (reason == Reason.LOST || reason == Reason.SILENT) {
                witness = witness(fresh, idle);
            }
            if (reason == Reason.SILENT || reason == Reason.JAM) {
                askForLocks(fresh);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(text(e), e);
        }
    }

    /** Old drivers cannot; then the talk's own deadline must do. */
    private static void beImpatient(Connection fresh) {
        try {
            fresh.setNetworkTimeout(Runnable::run, NETWORK_MILLIS);
        } catch (SQLException | LinkageError e) {
            // As before JDBC 4.1.
        }
    }

    private void askForLocks(Connection fresh) {
        // Another pool of this host may use the same database; where the driver tells the sessions, only ours count.
        Map<Long, Long> leaseOf = leasesBySession();
        List<LockWaits.Wait> waits;
        try {
            waits = LockWaits.ask(fresh, leaseOf.keySet());
        } catch (SQLException e) {
            // An older server, or one that does not let us look: then nothing is known of locks.
            return;
        }
        waits.forEach(wait -> rows.add(Signal.of(Signal.LOCK_WAIT, clock.millis()).with("tick", -1)
                        .with("resource", pool.id()).with("session", wait.session())
                        .with("leaseId", leaseOf.getOrDefault(wait.session(), -1L)).with("waitedFor", wait.waitedMillis())
                        .with("blocker", wait.blocker()).with("blockerLeaseId", leaseOf.getOrDefault(wait.blocker(), -1L))
                        .with("blockerName", wait.blockerName()).with("blockerFor", wait.blockerMillis())
                        .with("blockerWaits", wait.blockerWaits()).build()));
    }

    private Map<Long, Long> leasesBySession() {
        Map<Long, Long> found = new HashMap<>();
        for (Lease slot : leases.slots(pool)) {
            Object entry = slot.entry();
            Lease.View lease = slot.read();
            Connection physical = entry == null || lease == null ? null : pool.physical(entry);
            int session = physical == null ? 0 : Dialect.pid(physical);
            if (session != 0) {
                found.put((long) session, lease.id());
            }
        }
        return found;
    }

    private Witness witness(Connection fresh, List<Idle> idle) throws SQLException {
        SessionSocket socket = SessionSocket.of(fresh).orElse(null);
        freshIsListed = socket != null && TcpTable.read().knows(socket.local(), socket.remote());
        Set<Integer> judged = new HashSet<>();
        idle.forEach(one -> judged.add(Dialect.pid(one.physical())));
        silent.forEach(one -> judged.add(pid(one)));
        judged.remove(0);
        int own = Dialect.pid(fresh);
        if (judged.isEmpty() || own == 0 || !Dialect.knowsSessions(fresh)) {
            return new Witness(Map.of(), false, false, false, false, socket);
        }
        Set<Integer> all = new HashSet<>(judged);
        all.addAll(pidsOfThePool());
        try {
            Dialect.Server server = Dialect.server(fresh);
            // A connection pooler in between gives out numbers of its own, which no server knows.
            boolean sameNumbers = server.pid() == own;
            boolean direct = socket != null && socket.remote().getPort() == server.port()
                    && socket.remote().getAddress().equals(server.address());
            boolean samePorts = socket != null && socket.local().getPort() == server.clientPort();
            Map<Integer, Dialect.Backend> backends = sameNumbers ? Dialect.backends(fresh, all) : Map.of();
            return new Witness(backends, sameNumbers, direct, samePorts, backends.keySet().containsAll(all), socket);
        } catch (SQLException e) {
            // One that does not let us look: then the network alone may tell.
            return new Witness(Map.of(), false, false, false, false, socket);
        }
    }

    private Set<Integer> pidsOfThePool() {
        Set<Integer> pids = new HashSet<>();
        for (Lease slot : leases.slots(pool)) {
            Object entry = slot.entry();
            Connection physical = entry == null || pids.size() >= MAX_PIDS ? null : pool.physical(entry);
            if (physical != null && (pool.inUse(entry) || !isClosed(physical))) {
                pids.add(Dialect.pid(physical));
            }
        }
        pids.remove(0);
        return pids;
    }

    /** What the pool gives a borrower now. One that could wait for its answer for ever is not asked: the slot would be lost. */
    private void askPooled() {
        PoolHandle.State state = pool.state();
        if (state == null || state.idle() == 0 || state.waiting() > 0 || !pool.borrow().isPresent()) {
            return;
        }
        try {
            pool.borrow().pull(session -> {
                try {
                    int patience = session.getNetworkTimeout();
                    session.setNetworkTimeout(Runnable::run, NETWORK_MILLIS);
                    try {
                        pooledRole = Dialect.role(session);
                    } finally {
                        // Most pools give it to the next borrower as it is.
                        session.setNetworkTimeout(Runnable::run, patience);
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (Throwable e) {
            // Then it stays unknown, and proves nothing.
        }
    }

    /** Of a session that is free before and after the look: while somebody uses it, its role is that somebody's. */
    private Dialect.Role reportedRole() {
        Dialect.Role seen = Dialect.Role.UNKNOWN;
        for (Idle one : idle()) {
            Dialect.Role reported = Dialect.reportedRole(one.physical());
            if (reported != Dialect.Role.UNKNOWN && !pool.inUse(one.entry()) && seen != Dialect.Role.READ_ONLY) {
                seen = reported;
            }
        }
        return seen;
    }

    private void judge(List<Idle> idle) {
        TcpTable table = TcpTable.read();
        for (Idle one : idle) {
            if (!pool.inUse(one.entry())) {
                row(-1, "", 0, judgeIdle(one, table));
            }
        }
        for (Silent one : silent) {
            Lease.View now = one.slot().read();
            // Whatever was learned is void if it has been used or given back since.
            if (now != null && now.id() == one.lease().id() && now.idleMillis() >= one.lease().idleMillis()
                    && !leases.mayWaitElsewhere(now)) {
                judgeSilent(one, table).ifPresent(judgement -> {
                    row(now.id(), one.borrower().name(), now.idleMillis(), judgement);
                    if (DEAD.contains(judgement.verdict().name()) && !one.dead()) {
                        againIn(SECOND_LOOK_MILLIS);
                    } else if (judgement.verdict() == Verdict.UNKNOWN && one.times() < PATIENT_TALKS) {
                        againIn(ServerInquiry.EVERY_MILLIS);
                    }
                });
            }
        }
    }

    private record Judgement(Verdict verdict, String proof) {
    }

    private void row(long leaseId, String thread, long silentFor, Judgement judgement) {
        rows.add(Signal.of(Signal.SESSION_CHECK, clock.millis()).with("tick", -1).with("resource", pool.id())
                .with("leaseId", leaseId).with("thread", thread).with("silentFor", silentFor)
                .with("verdict", judgement.verdict().name()).with("proof", judgement.proof()).build());
    }

    private Judgement judgeIdle(Idle one, TcpTable table) {
        Connection physical = one.physical();
        Optional<TcpTable.Row> row = row(physical, table);
        if (row.isPresent() && row.get().closedByPeer()) {
            return new Judgement(Verdict.CLOSED, "its server has closed the TCP connection");
        }
        if (isClosed(physical)) {
            return new Judgement(Verdict.CLOSED, "its driver has closed it after an error, and the pool has not noticed");
        }
        if (one.slot().isLost() && isOff(physical, table)) {
            return new Judgement(Verdict.CLOSED, "it was lost by an error, its TCP connection is gone, and the pool has not"
                    + " noticed");
        }
        return network(row).or(() -> unknownToServer(physical)).orElseGet(() ->
                witness.backends().containsKey(Dialect.pid(physical))
                        ? new Judgement(Verdict.ALIVE, "the server knows the session")
                        : new Judgement(Verdict.UNKNOWN, "neither the network nor the server tell"));
    }

    /** Whether the kernel has no connection for its socket, as it has one for that of the fresh connection. */
    private boolean isOff(Connection physical, TcpTable table) {
        return freshIsListed && SessionSocket.of(physical)
                .filter(socket -> !table.knows(socket.local(), socket.remote())).isPresent();
    }

    /** Asks the driver's object, not the server; nobody uses it. */
    private static boolean isClosed(Connection physical) {
        try {
            return physical.isClosed();
        } catch (SQLException | RuntimeException e) {
            return false;
        }
    }

    /** Empty where neither the network nor the server tell and its silence may be its own, as that of any virtual thread. */
    private Optional<Judgement> judgeSilent(Silent one, TcpTable table) {
        Connection physical = physical(one);
        if (one.lease().userId() >= 0) {
            Judgement judgement = judgeSeen(one, physical, table);
            return Optional.of(judgement).filter(seen -> seen.verdict() != Verdict.UNKNOWN || isWaitingOn(one));
        }
        Dialect.Backend backend = physical == null ? null : witness.backends().get(Dialect.pid(physical));
        return physical == null || backend != null && !backend.idle() ? Optional.empty()
                : network(one, physical, table).or(() -> backend == null ? unknownToServer(physical) : Optional.empty());
    }

    /** A thread may keep this one idle while it waits on another, of which we may know nothing. */
    private boolean isWaitingOn(Silent one) {
        return one.theOnlyOne() && one.borrower().isInDriverBehind(pool);
    }

    private Judgement judgeSeen(Silent one, Connection physical, TcpTable table) {
        if (physical == null) {
            return new Judgement(Verdict.UNKNOWN, "the driver's connection is not known");
        }
        Dialect.Backend backend = witness.backends().get(Dialect.pid(physical));
        if (backend != null && !backend.idle()) {
            return new Judgement(Verdict.ALIVE, "the server is at work on it");
        }
        Optional<Judgement> network = network(one, physical, table);
        if (network.isPresent()) {
            return network.get();
        }
        if (one.borrower().isIn(DRIVER, NOTIFICATIONS)) {
            return new Judgement(Verdict.LISTENING, "it waits for a notification, not for an answer");
        }
        if (backend != null) {
            boolean waits = Dialect.waitsForAnswer(one.borrower()) && isWaitingOn(one)
                    && witness.means(backend, SessionSocket.of(physical).orElse(null));
            long missing = Math.max(ANSWERED_MILLIS - Math.min(backend.forMillis(), one.lease().idleMillis()),
                    unsettledMillis(backend.forMillis(), MAX_SETTLING_MILLIS));
            if (waits && missing > 0) {
                againIn(Math.max(SECOND_LOOK_MILLIS, Math.min(missing, ServerInquiry.EVERY_MILLIS)));
            }
            return waits && missing <= 0 && one.quiet() ? new Judgement(Verdict.ANSWERED, "the server has answered and been idle for "
                    + Phrases.duration(backend.forMillis()) + ", and not a byte of it has arrived")
                    : new Judgement(Verdict.UNKNOWN, "the server is idle on this session for "
                            + Phrases.duration(backend.forMillis()));
        }
        return unknownToServer(physical)
                .orElse(new Judgement(Verdict.UNKNOWN, "neither the network nor the server tell"));
    }

    /** In what time the way will have worked for so long that what a failure of it held up would have arrived. */
    private long unsettledMillis(long silentMillis, long atMost) {
        return 2 * (Math.min(silentMillis / 2, atMost) - workedMillis);
    }

    private Optional<Judgement> network(Silent one, Connection physical, TcpTable table) {
        Optional<TcpTable.Row> row = row(physical, table);
        long atMost = row.isPresent() && row.get().probes() >= PROBES ? PROBE_MILLIS : MAX_SETTLING_MILLIS;
        return unsettledMillis(one.lease().idleMillis(), atMost) <= 0 ? network(row) : Optional.empty();
    }

    private static Optional<Judgement> network(Optional<TcpTable.Row> row) {
        return row.filter(one -> one.retransmits() >= RETRANSMITS && one.unacknowledged() > 0 || one.probes() >= PROBES)
                .map(one -> new Judgement(Verdict.UNREACHABLE, one.probes() >= PROBES
                        ? one.probes() + " keep-alive probes in a row were not answered"
                        : one.unacknowledged() + " bytes were sent " + one.retransmits()
                                + " times in a row and never acknowledged"));
    }

    /** Only of the very server this session was opened to: behind a balancer another one would not know it either. */
    private Optional<Judgement> unknownToServer(Connection physical) {
        int pid = Dialect.pid(physical);
        SessionSocket socket = SessionSocket.of(physical).orElse(null);
        boolean sameServer = witness.asked() && witness.trusted() && socket != null
                && socket.remote().equals(witness.socket().remote());
        return sameServer && pid != 0 && !witness.backends().containsKey(pid)
                ? Optional.of(new Judgement(Verdict.GONE, "the server does not know its process " + pid))
                : Optional.empty();
    }

    private Optional<TcpTable.Row> row(Connection physical, TcpTable table) {
        // One socket for two connections is none of theirs: something that the driver's objects share.
        return SessionSocket.of(physical)
                .filter(socket -> witness.socket() != null && !socket.local().equals(witness.socket().local()))
                .flatMap(socket -> table.find(socket.local(), socket.remote()));
    }

    private int pid(Silent one) {
        Connection physical = physical(one);
        return physical == null ? 0 : Dialect.pid(physical);
    }

    private Connection physical(Silent one) {
        Object entry = one.slot().entry();
        return entry == null ? null : pool.physical(entry);
    }
}
