package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.remedy.Action;
import io.jvmmedic.core.remedy.Loan;
import io.jvmmedic.core.remedy.Preparation;
import io.jvmmedic.core.remedy.ReleaseIdleWorkers;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On real executors, some of them dropped without a shut-down. */
class ReleaseIdleWorkersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final List<ThreadPoolExecutor> kept = new ArrayList<>();

    @AfterEach
    void close() {
        kept.forEach(ExecutorService::shutdownNow);
    }

    /** As {@code Executors.newFixedThreadPool(2)} makes it, but with daemons of a name of their own. */
    private static ThreadPoolExecutor pool(int number) {
        AtomicInteger threads = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "dropped-" + number + "-thread-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        pool.prestartAllCoreThreads();
        // A worker that has yet to come to the queue counts as one at work.
        await().atMost(PATIENCE).until(() -> pool.getActiveCount() == 0);
        return pool;
    }

    private Preparation prepare(Map<String, String> settings) {
        ResourceId id = new ResourceId(ResourceId.Kind.JVM, "executors dropped-*");
        Finding finding = new Finding("test", Fault.EXECUTOR_LEAK, id, Confidence.SUSPECTED, "", "", "", "",
                Evidence.of("the test says so"));
        return new ReleaseIdleWorkers(registry, MedicConfig.of(settings))
                .prepare(new Diagnosis(id, finding, List.of(), ""));
    }

    @Test
    void whatIsDroppedIsCollectedAndWhatIsUsedAgainGoesOnAsBefore() throws Throwable {
        List<WeakReference<Object>> dropped = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            dropped.add(new WeakReference<>(pool(i)));
        }
        ThreadPoolExecutor mine = pool(4);
        kept.add(mine);
        census.run();
        assertEquals(4, registry.executors().stream()
                .filter(one -> one.id().name().startsWith("dropped-")).count());
        Action action = assertInstanceOf(Preparation.Ready.class, prepare(Map.of())).action();
        assertTrue(action.noLongerNeeded().isEmpty());
        action.apply();
        await().atMost(PATIENCE).until(action::claimHolds);
        assertEquals(0, mine.getPoolSize());
        Loan loan = action.loan().orElseThrow();
        assertFalse(loan.moot());

        assertEquals(7, mine.submit(() -> 7).get(60, TimeUnit.SECONDS), "it works as ever");
        // A pool whose lock is not to be had, because a worker leaves just now, is asked again later.
        await().atMost(PATIENCE).until(() -> {
            assertFalse(loan.unneeded(), "the others go on being idle");
            return !mine.allowsCoreThreadTimeOut();
        });
        assertEquals(0, mine.getKeepAliveTime(TimeUnit.NANOSECONDS));
        await().atMost(PATIENCE).until(() -> {
            census.run();
            System.gc();
            return dropped.stream().allMatch(one -> one.get() == null);
        });
        assertTrue(loan.moot(), "nothing is left to give back");
    }

    @Test
    void thoseThatWorkAndThoseTheUserExcludesAreLeftAlone() throws Exception {
        ThreadPoolExecutor mine = pool(1);
        kept.add(mine);
        census.run();
        assertInstanceOf(Preparation.Impossible.class, prepare(Map.of("exclude", "executor:dropped-*")));
        Preparation.Ready ready = assertInstanceOf(Preparation.Ready.class, prepare(Map.of()));
        mine.submit(() -> {
            Thread.sleep(60_000);
            return null;
        });
        await().atMost(PATIENCE).until(() -> ready.action().noLongerNeeded().isPresent());
        assertInstanceOf(Preparation.Impossible.class, prepare(Map.of()));
        assertFalse(mine.allowsCoreThreadTimeOut());
    }
}
