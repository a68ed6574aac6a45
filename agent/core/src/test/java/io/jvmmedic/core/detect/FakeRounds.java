package io.jvmmedic.core.detect;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rounds as the sampler would make them; refuses a field that no event has. */
public final class FakeRounds {

    public static final String POOL = "pool:orders";
    public static final String EXECUTOR = "executor:reports";
    public static final String HTTP = "http:payments";
    public static final String SAVE = "com.acme.OrderService.save(OrderService.java:88)";
    public static final String PARK = "jdk.internal.misc.Unsafe.park(Unsafe.java)";
    public static final long START = 1_700_000_000_000L;

    private FakeRounds() {
    }

    public static MedicConfig config() {
        return MedicConfig.of(Map.of());
    }

    public static Round round(long tick, Signal.Builder... rows) {
        return round(tick, false, List.of(rows));
    }

    public static Round lateRound(long tick, Signal.Builder... rows) {
        return round(tick, true, List.of(rows));
    }

    public static Round round(long tick, boolean late, List<Signal.Builder> rows) {
        List<Signal> signals = rows.stream().map(row -> row.with("tick", tick).build()).toList();
        signals.forEach(FakeRounds::checkFields);
        return new Round(tick, START + tick * 1_000, late,
                signals.stream().collect(Collectors.groupingBy(Signal::type)));
    }

    private static void checkFields(Signal signal) {
        if (signal.type().startsWith("jdk.")) {
            return;
        }
        try {
            Set<String> known = Arrays.stream(
                            Class.forName("io.jvmmedic.bootstrap.event." + signal.type()).getFields())
                    .map(java.lang.reflect.Field::getName).collect(Collectors.toSet());
            assertTrue(known.containsAll(signal.fields().keySet()), () -> "no such field: " + signal);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("no such event: " + signal.type(), e);
        }
    }

    public static Signal.Builder[] rows(List<Signal.Builder> some, List<Signal.Builder> others) {
        return Stream.concat(some.stream(), others.stream()).toArray(Signal.Builder[]::new);
    }

    public static Signal.Builder pool(String resource, int active, int max, int waiting) {
        return Signal.of(Signal.POOL, START).with("resource", resource).with("library", "HikariCP")
                .with("active", active).with("idle", max - active).with("total", max).with("max", max)
                .with("waiting", waiting).with("oldestWait", 0).with("borrows", 1_000).with("timeouts", 0)
                .with("sinceGc", -1).with("keepsHandles", false).with("lostErrors", 0).with("readOnlyErrors", 0)
                .with("failedSessions", 0).with("failedConnects", 0).with("fullErrors", 0).with("lastError", "")
                .with("creatorWanted", false).with("creatorDead", false).with("creatorThread", "")
                .with("creatorDoing", "");
    }

    /** An answer to the agent's own connection beside a pool. */
    public static Signal.Builder fresh(String resource, String outcome) {
        return Signal.of(Signal.FRESH_CONNECTION, START).with("resource", resource).with("reason", "LOST")
                .with("outcome", outcome).with("took", 5).with("error", outcome.equals("OK") ? "" : "08001")
                .with("role", "UNKNOWN").with("pooledRole", "UNKNOWN");
    }

    /** A session of a lease that waits for a lock of another session. */
    public static Signal.Builder lockWait(String resource, long lease, long blocker) {
        return Signal.of(Signal.LOCK_WAIT, START).with("resource", resource).with("session", 4_000 + lease)
                .with("leaseId", lease).with("waitedFor", 5_000).with("blocker", blocker).with("blockerLeaseId", -1)
                .with("blockerName", "psql, idle in transaction").with("blockerFor", 300_000).with("blockerWaits", false);
    }

    /** What is said of one session; a lease of -1 is an idle one. */
    public static Signal.Builder check(String resource, long lease, long silentFor, String verdict) {
        return Signal.of(Signal.SESSION_CHECK, START).with("resource", resource).with("leaseId", lease)
                .with("thread", lease < 0 ? "" : "http-" + lease).with("silentFor", silentFor)
                .with("verdict", verdict).with("proof", "somebody said " + verdict);
    }

    /** A connection in use for a moment; override what matters. */
    public static Signal.Builder held(String resource, long lease) {
        return Signal.of(Signal.HELD_CONNECTION, START).with("resource", resource).with("leaseId", lease)
                .with("thread", "http-" + lease).with("threadId", 100 + lease)
                .with("heldFor", 1_000).with("idleFor", 0).with("typicalHold", -1)
                .with("site", SAVE).with("doing", SAVE).with("activity", "JDBC").with("waitsFor", "")
                .with("inScope", false).with("scopeOver", false).with("inUse", false).with("enlisted", false)
                .with("longestPause", -1).with("calmHold", -1).with("unreachable", false).with("escaped", false);
    }

    /** A connection whose borrower has gone back to its executor. */
    public static Signal.Builder abandoned(String resource, long lease, long heldFor) {
        return held(resource, lease).with("heldFor", heldFor).with("idleFor", heldFor)
                .with("activity", "PARKED").with("doing", PARK).with("scopeOver", true);
    }

    public static Signal.Builder waiter(String resource, long thread, long waitedFor) {
        return Signal.of(Signal.WAITING_BORROWER, START).with("resource", resource)
                .with("thread", "http-" + (thread - 100)).with("threadId", thread).with("waitedFor", waitedFor)
                .with("holds", 0).with("activity", "WAITING_FOR_POOL").with("site", "com.acme.AuditService.log(AuditService.java:21)");
    }

    public static Signal.Builder executor(int size, int max, int queued, long completed) {
        return Signal.of(Signal.EXECUTOR, START).with("resource", EXECUTOR).with("library", "ThreadPoolExecutor")
                .with("active", size).with("size", size).with("core", size).with("max", max)
                .with("queued", queued).with("completed", completed).with("cpuTime", 0).with("selfBlocked", 0)
                .with("room", -1).with("refusal", "java.util.concurrent.ThreadPoolExecutor$AbortPolicy").with("died", 0)
                .with("shutdown", false);
    }

    /** Workers of the executor at one place; of ten looked at. */
    public static Signal.Builder busy(String site, String activity, int workers) {
        return Signal.of(Signal.BUSY_SITE, START).with("resource", EXECUTOR).with("site", site)
                .with("activity", activity).with("workers", workers).with("lookedAt", 10);
    }

    public static Signal.Builder blocked(long thread, String waitsFor, int queuePosition) {
        return Signal.of(Signal.BLOCKED_TASK, START).with("resource", EXECUTOR)
                .with("thread", "reports-" + thread).with("threadId", thread)
                .with("waitsFor", "java.util.concurrent." + waitsFor).with("ownQueue", queuePosition >= 0)
                .with("queuePosition", queuePosition).with("state", "WAITING")
                .with("site", "com.acme.ReportService.render(ReportService.java:57)");
    }

    /** A thread that waits for something; override who stands in its way. */
    public static Signal.Builder waits(long thread, String worksFor, String kind, String waitsFor) {
        return Signal.of(Signal.THREAD_WAIT, START).with("resource", worksFor).with("thread", "t-" + thread)
                .with("threadId", thread).with("kind", kind).with("waitsFor", waitsFor).with("slotOf", "")
                .with("queuePosition", -1).with("holder", "").with("holderIds", "").with("holderEnded", false)
                .with("proven", false).with("timed", false).with("waitedFor", 1_000).with("site", "com.acme.ReportService.render(ReportService.java:57)");
    }

    /** A thread that waits for a task in the queue of an executor. */
    public static Signal.Builder waitsForTask(long thread, String worksFor, String queue, int position) {
        return waits(thread, worksFor, "QUEUED_TASK", "java.util.concurrent.FutureTask@" + thread).with("slotOf", queue)
                .with("queuePosition", position).with("proven", true);
    }

    /** A thread that waits for a connection. */
    public static Signal.Builder waitsForPool(long thread, String worksFor, String pool) {
        return waits(thread, worksFor, "POOL", pool).with("slotOf", pool).with("proven", true).with("timed", true);
    }

    /** A thread that waits for what others hold. */
    public static Signal.Builder waitsForThreads(long thread, String worksFor, String kind, String holders) {
        return waits(thread, worksFor, kind, "java.util.concurrent.locks.ReentrantLock$NonfairSync@1")
                .with("holder", "t-" + holders.split(",")[0]).with("holderIds", holders).with("proven", true);
    }

    public static Signal.Builder executor(String resource, int size, int queued, long completed) {
        return executor(size, size, queued, completed).with("resource", resource);
    }

    public static Signal.Builder http(int leased, int max, int pending) {
        return Signal.of(Signal.HTTP_POOL, START).with("resource", HTTP).with("library", "HttpClient 5")
                .with("leased", leased).with("available", 0).with("max", max * 2).with("pending", pending)
                .with("route", "api:443").with("routeLeased", leased).with("routeMax", max)
                .with("routePending", pending).with("clients", 1);
    }

    public static Signal.Builder response(long lease) {
        return Signal.of(Signal.HELD_RESPONSE, START).with("resource", HTTP).with("leaseId", lease)
                .with("route", "api:443").with("thread", "http-" + lease).with("threadId", 100 + lease)
                .with("heldFor", 5_000).with("site", "com.acme.GeoClient.lookup(GeoClient.java:33)")
                .with("doing", "com.acme.GeoClient.lookup(GeoClient.java:33)").with("activity", "IO")
                .with("inScope", false).with("scopeOver", false).with("unreachable", false);
    }

    /** One thread of a cycle: it waits for {@code lock}, which {@code owner} holds. */
    public static Signal.Builder deadlocked(String cycle, int position, String thread, String lock, String owner) {
        return Signal.of(Signal.DEADLOCKED_THREAD, START).with("resource", "lock:cycle-" + cycle).with("cycleId", cycle)
                .with("position", position).with("thread", thread).with("threadId", thread.hashCode() & 0xffff)
                .with("lock", "com.acme." + lock).with("ownerThread", owner).with("kind", "MONITOR")
                .with("timed", false).with("waitedFor", 4_000).with("site", "com.acme.Transfer.to(Transfer.java:14)").with("through", "")
                .with("holdsAt", "com.acme.Transfer.from(Transfer.java:12)");
    }

    /** The surest confidence; empty when there is no finding. */
    static Optional<Confidence> surest(List<Finding> findings) {
        return findings.stream().map(Finding::confidence).max(Comparator.naturalOrder());
    }

    static void assertNothingAboveHint(List<Finding> findings) {
        assertTrue(surest(findings).orElse(Confidence.HINT) == Confidence.HINT, () -> "healthy, but: " + findings);
    }

    static Finding only(List<Finding> findings) {
        assertTrue(findings.size() == 1, () -> "expected one finding: " + findings);
        return findings.get(0);
    }
}
