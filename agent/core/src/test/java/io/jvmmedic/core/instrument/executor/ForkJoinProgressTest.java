package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.Semaphore;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a real pool whose queue does not become empty, so that its workers write down no steals. */
class ForkJoinProgressTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TASKS = 100;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadCensus census =
            new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
    private final ForkJoinPool pool = new ForkJoinPool(2);
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);

    @AfterEach
    void close() {
        mayEnd.release(2 * TASKS);
        pool.shutdown();
    }

    private ExecutorHandle handle() {
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return registry.find(pool) != null;
        });
        return (ExecutorHandle) registry.find(pool);
    }

    private void work() {
        begun.release();
        mayEnd.acquireUninterruptibly();
    }

    @Test
    void tasksThatAreTakenFromAQueueThatStaysFullAreProgressAndWaitingIsNone() throws Exception {
        for (int i = 0; i < TASKS; i++) {
            CompletableFuture.runAsync(this::work, pool);
        }
        begun.acquire(2);
        ExecutorHandle handle = handle();
        long before = handle.state().completed();
        CompletableFuture.runAsync(this::work, pool);
        assertEquals(before, handle.state().completed(), "to hand in more is no progress");
        mayEnd.release(20);
        begun.acquire(20);
        long after = handle.state().completed();
        assertTrue(after >= before + 20, before + " -> " + after);
        assertEquals(after, handle.state().completed());
        assertTrue(handle.state().queued() > 0, "it was never empty");
    }

    @Test
    void whatAWorkerForksForItselfIsProgressToo() throws Exception {
        pool.execute(new RecursiveAction() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void compute() {
                work();
                for (int i = 0; i < 10; i++) {
                    new RecursiveAction() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected void compute() {
                            work();
                        }
                    }.fork();
                }
            }
        });
        begun.acquire();
        ExecutorHandle handle = handle();
        long before = handle.state().completed();
        mayEnd.release();
        begun.acquire();
        assertTrue(handle.state().completed() > before);
    }
}
