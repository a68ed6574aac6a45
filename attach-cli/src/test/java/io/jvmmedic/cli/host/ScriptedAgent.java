package io.jvmmedic.cli.host;

import io.jvmmedic.core.control.AgentProperties;
import io.jvmmedic.core.control.AgentView;
import io.jvmmedic.core.control.DumpView;
import io.jvmmedic.core.control.ExplanationView;
import io.jvmmedic.core.control.HoldersView;
import io.jvmmedic.core.control.IncidentView;
import io.jvmmedic.core.control.Mailbox;
import io.jvmmedic.core.control.PoolView;
import io.jvmmedic.core.control.Refusal;
import io.jvmmedic.core.control.StatusView;
import io.jvmmedic.core.model.Mode;
import java.util.List;
import java.util.Map;

/** An agent that answers with long names and every kind of row. */
final class ScriptedAgent implements AgentView {

    private static final String SITE = "com.acme.shop.orders.persistence.OrderRepositoryCustomImplementation"
            + ".findAllByCustomerAndStatus(OrderRepositoryCustomImplementation.java:1288)";
    private static final String POOL = "pool:orders-with-a-name-that-somebody-generated-from-a-url-jdbc-postgresql-5432";

    private final AgentProperties properties;
    private Mailbox mailbox;
    private Mode mode = Mode.HEAL;
    private boolean paused;

    ScriptedAgent(AgentProperties properties) {
        this.properties = properties;
    }

    void closeOnDetach(Mailbox box) {
        mailbox = box;
    }

    @Override
    public synchronized StatusView status() {
        return new StatusView("9.9.9", ProcessHandle.current().pid(), "orders.jar", 3_723_000, mode.toString(), paused,
                "premain", "degraded: the temp folder cannot be written", "/tmp/jvm-medic-app/orders.jar-1", 2,
                "java.lang.IllegalStateException: somewhere", 3, Map.of("pool", 2, "executor", 3),
                List.of(new StatusView.Part("hikari", "APPLIED", ""), new StatusView.Part("httpclient5", "NOT APPLIED",
                        "field 'leased' of org.apache.hc.core5.pool.StrictConnPool is missing in this version")),
                List.of(new StatusView.Part("lock-deadlock", "NA", "needs DeadlockedThread, and java.management is missing")),
                List.of(new StatusView.Part("reclaim-leaked-connection", "FORCEFUL", "connection leak")),
                List.of(new StatusView.Signature("0a1b2c3d4e5f", "2026-11-21T08:00:00Z", "GATED",
                        "com.acme.Bank.ab:12 (synchronized block) / com.acme.Bank.ba:20 (lock)", 1_234_567, 12, 340, 0, 2, "")),
                List.of(new StatusView.BudgetLeft("budget.reclaim", 0, 60, 600_000, 12_000)),
                List.of(new StatusView.Treatment("20261121-1", POOL, "CONNECTION_LEAK", "VERIFYING",
                        "reclaim-leaked-connection", 800)),
                List.of(new StatusView.Shadow("grow-pool", POOL, 3, 1, 0)),
                List.of(new StatusView.Setting("startup-grace", "1s", "argument")),
                List.of("unknown key 'mod', did you mean 'mode'?"));
    }

    @Override
    public List<PoolView> pools() {
        return List.of(new PoolView(POOL, "HikariCP", 10, 0, 10, 4, 2_500, 123_456_789, 1),
                new PoolView("executor:reports", "ThreadPoolExecutor", 0, 2, Integer.MAX_VALUE, 0, -1, -1, -1));
    }

    @Override
    public HoldersView holders(String resource) throws Refusal {
        if (!POOL.endsWith(resource)) {
            throw Refusal.usage("There is no resource '" + resource + "' in this JVM; it has " + POOL + ".");
        }
        return new HoldersView(pools().get(0),
                new HoldersView.Belief("20261121-101530-1", "SUSPECTED " + POOL + ": exhausted, slots are in slow statements",
                        "9 of 10 held by " + SITE, "4 threads waiting from 2 sites"),
                List.of(new HoldersView.Site(SITE, 9, 54_000, 18_000, 0), new HoldersView.Site("", 1, 0, 0, 8_000)),
                List.of(new HoldersView.Holder(7, "http-nio-8080-exec-1\u001b[31m", 31, 65_000, 64_000, 120, SITE,
                        "java.net.SocketInputStream.socketRead0(SocketInputStream.java)", "WAITING_FOR_POOL", POOL, true)),
                List.of(new HoldersView.Waiting("http-nio-8080-exec-2", 32, 2_500, 1, SITE)));
    }

    @Override
    public List<IncidentView> incidents() {
        return List.of(incident());
    }

    private static IncidentView incident() {
        return new IncidentView("20261121-101530-1", POOL, "CONNECTION_LEAK", "CERTAIN", POOL + ": 1 connection is leaked by "
                + SITE, "closed", "reclaim-leaked-connection", "HEALED", 1_795_255_200_000L, 4_000);
    }

    @Override
    public ExplanationView explain(String id) {
        return new ExplanationView(incident(), "the handle of lease 7 is unreachable", List.of(SITE + " borrowed it"), SITE,
                "4 waiters", "close the connection in a finally block", "exec-2 waits for " + POOL + "\n" + POOL + " is held by exec-1",
                List.of(new ExplanationView.Step(1_795_255_200_000L, "found", "CERTAIN " + SITE)), "/tmp/jvm-medic-app");
    }

    @Override
    public synchronized Mode setMode(Mode wanted) {
        Mode before = mode;
        mode = wanted;
        return before;
    }

    @Override
    public synchronized boolean pause() {
        boolean changed = !paused;
        paused = true;
        return changed;
    }

    @Override
    public synchronized boolean resume() {
        boolean changed = paused;
        paused = false;
        return changed;
    }

    @Override
    public DumpView dump(boolean full) throws Refusal {
        if (full) {
            throw Refusal.refused("The budget of full dumps is spent, the next is free in 9 min.");
        }
        return new DumpView(List.of("/tmp/jvm-medic-app/threads.txt"));
    }

    @Override
    public void detach() {
        if (mailbox != null) {
            mailbox.close();
        }
        properties.withdraw();
    }
}
