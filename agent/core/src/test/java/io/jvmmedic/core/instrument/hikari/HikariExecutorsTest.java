package io.jvmmedic.core.instrument.hikari;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.resource.ExecutorHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An executor of the pool is told from one that the application has beside it, lends it, or provides threads for. */
@SuppressWarnings("try") // Resources that are there to be closed.
class HikariExecutorsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Stream<String> versions() {
        return LibraryLoader.versions("hikari").stream();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void thoseOfThePoolAreKnownByTheirClasses(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        try (WovenHost medic = new WovenHost(new HikariIntegration());
                AutoCloseable pool = (AutoCloseable) host.pool("own", 2, 0, PATIENCE.toMillis())) {
            ((DataSource) pool).getConnection().close();
            ThreadPoolExecutor adder = host.adder((DataSource) pool);
            assertTrue(handle(medic, adder).ofPool());
            assertTrue(medic.registry.isOfPool(handle(medic, adder)));
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void thoseWithThreadsOfTheApplicationAreKnownByThePool(String version) throws Exception {
        HikariHost host = new HikariHost(version);
        ThreadFactory threads = Executors.defaultThreadFactory();
        ScheduledThreadPoolExecutor lent = new ScheduledThreadPoolExecutor(1, threads);
        ThreadPoolExecutor beside = (ThreadPoolExecutor) Executors.newFixedThreadPool(1, threads);
        try (WovenHost medic = new WovenHost(new HikariIntegration());
                AutoCloseable pool = (AutoCloseable) host.pool("threads", threads, lent)) {
            ((DataSource) pool).getConnection().close();
            ThreadPoolExecutor adder = host.adder((DataSource) pool);
            assertTrue(medic.registry.isOfPool(handle(medic, adder)));
            assertFalse(medic.registry.isOfPool(handle(medic, lent)), "the application may run anything else on it");
            assertFalse(medic.registry.isOfPool(handle(medic, beside)));
        } finally {
            lent.shutdownNow();
            beside.shutdownNow();
        }
    }

    private static ExecutorHandle handle(WovenHost medic, ThreadPoolExecutor executor) {
        ThreadCensus census = new ThreadCensus(medic.registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
        await().atMost(PATIENCE).until(() -> {
            // It is known by its threads. The pool's own end when they have nothing to do, and tasks from outside it may drop.
            executor.prestartCoreThread();
            census.run();
            return medic.registry.find(executor) != null;
        });
        ExecutorHandle found = (ExecutorHandle) medic.registry.find(executor);
        assertEquals("ThreadPoolExecutor", found.library().replace("Scheduled", ""));
        return found;
    }
}
