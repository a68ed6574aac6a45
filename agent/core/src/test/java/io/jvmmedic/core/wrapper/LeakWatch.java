package io.jvmmedic.core.wrapper;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.detect.LeakedConnectionDetector;
import io.jvmmedic.core.diagnose.Diagnostician;
import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.remedy.Action;
import io.jvmmedic.core.remedy.Preparation;
import io.jvmmedic.core.remedy.ReclaimLeakedConnection;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.signal.Sampler;
import io.jvmmedic.core.signal.Signals;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.HurriedClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * This JVM with hooks, sampler, leak detector and reclaim at work, as {@code boot} puts them together: what is proven is
 * taken back at once. A test that says "nothing happens" asks {@link #examine()} first, which leaks from a pool of its own
 * and waits until that was proven and taken back: whatever else could have been proven was.
 */
final class LeakWatch implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MedicConfig config = MedicConfig.of(Map.of(Options.JFR.key(), "false"));
    private final List<Finding> proven = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final LeakedConnectionDetector detector = new LeakedConnectionDetector(config);
    private final Diagnostician diagnostician = new Diagnostician();
    private final Clock clock = new HurriedClock();
    private final Signals signals = Signals.open(config, clock, this::round);
    private final ReclaimLeakedConnection remedy;
    private final Sampler sampler;
    private final AtomicInteger rounds = new AtomicInteger();
    private int examinations;

    final WovenHost host;

    LeakWatch(Integration... integrations) throws InterruptedException {
        host = new WovenHost(integrations.length == 0 ? new Integration[] {new HikariIntegration()} : integrations);
        ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
        ThreadCensus census = new ThreadCensus(host.registry, opener, List.of());
        remedy = new ReclaimLeakedConnection(host.registry, config);
        sampler = new Sampler(host.registry, census, census, signals, clock,
                () -> new Sampler.Health("heal", 0, 0), () -> { });
        sampler.start();
    }

    private void round(Round round) {
        try {
            List<Finding> certain = detector.evaluate(round).stream()
                    .filter(finding -> finding.confidence() == Confidence.CERTAIN).toList();
            proven.addAll(certain);
            for (Diagnosis diagnosis : diagnostician.diagnose(certain, round)) {
                if (remedy.prepare(diagnosis) instanceof Preparation.Ready ready) {
                    act(ready.action());
                }
            }
        } catch (Throwable e) {
            failures.add(e);
        } finally {
            rounds.incrementAndGet();
        }
    }

    /** On a thread that ends with it, as the engine does: some pools leave something in the thread-locals of whoever acts. */
    private void act(Action action) throws InterruptedException {
        Thread thread = new MedicThread(() -> {
            try {
                action.apply();
            } catch (Throwable e) {
                failures.add(e);
            }
        }, "act");
        thread.start();
        thread.join();
    }

    /** A pool of HikariCP over H2. */
    HikariDataSource pool(String name, int maximum) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(name);
        pool.setJdbcUrl("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
        pool.setMaximumPoolSize(maximum);
        pool.setConnectionTimeout(PATIENCE.toMillis());
        return new HikariDataSource(pool);
    }

    PoolHandle handle(String name) {
        return host.registry.pools().stream().filter(one -> one.id().name().equals(name)).findFirst().orElseThrow();
    }

    /** Names of the pools in which a leak was proven, without those of the examinations. */
    Set<String> proven() {
        return proven.stream().map(finding -> finding.resource().name()).filter(name -> !name.startsWith("control-"))
                .collect(Collectors.toSet());
    }

    /** Returns when everything that is unreachable now has been seen and dealt with. */
    void examine() throws SQLException {
        String name = "control-" + ++examinations;
        try (HikariDataSource control = pool(name, 1)) {
            drop(control);
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return proven.stream().anyMatch(finding -> finding.resource().name().equals(name))
                        && host.leases.of(handle(name)).isEmpty();
            });
            // That collection may have come in the middle of a round, after the rows of some pool.
            int seen = rounds.get();
            await().atMost(PATIENCE).until(() -> rounds.get() >= seen + 2);
        }
        assertEquals(List.of(), failures);
    }

    /** Borrows, works, and forgets to close. */
    static void drop(DataSource pool) throws SQLException {
        Connection connection = pool.getConnection();
        connection.createStatement().executeQuery("select 1").next();
    }

    @Override
    public void close() {
        sampler.stop();
        signals.close();
        host.close();
        CoarseClock.set(0);
        assertEquals(List.of(), failures);
    }
}
