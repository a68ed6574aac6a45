package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.Consumers;
import com.acme.Waiting;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.resource.FakeExecutor;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LongTasksTest {

    private static final int EXECUTORS = 12;
    private static final int WORKERS = 8;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final JvmProbe jvm = new ManagementProbe(Clock.SYSTEM);
    private final LongTasks tasks = new LongTasks(jvm);
    private final List<Thread> threads = new ArrayList<>();
    private final Waiting work = new Waiting(EXECUTORS * WORKERS);
    private final List<Worked> executors = new ArrayList<>();

    /** An executor each of whose workers begins another task every second. */
    private static final class Worked extends FakeExecutor {
        private final List<Thread> workers = new ArrayList<>();
        private List<Run> runs = List.of();

        Worked(String name) {
            super(new ResourceId(ResourceId.Kind.EXECUTOR, name));
        }

        void begin(long task, long nanos) {
            runs = workers.stream().map(worker -> new Run(worker, task, nanos)).toList();
        }

        @Override
        public State state() {
            return new State(workers.size(), workers.size(), workers.size(), workers.size(), 0, 0, false);
        }

        @Override
        public List<Run> runs() {
            return runs;
        }
    }

    @AfterEach
    void close() {
        work.end();
        threads.forEach(Thread::interrupt);
    }

    private Worked worked(String name, Runnable... bodies) {
        Worked executor = new Worked(name);
        for (Runnable body : bodies) {
            Thread thread = new Thread(body);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
            executor.workers.add(thread);
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> executor.workers.stream().allMatch(LongTasksTest::waits));
        return executor;
    }

    private static boolean waits(Thread worker) {
        return worker.getState() == Thread.State.WAITING || worker.getState() == Thread.State.TIMED_WAITING;
    }

    /** Looks that are due at these ages, in seconds; each finds that the worker has had time for another turn of its loop. */
    private Signal lookAt(Worked executor, long began, boolean turns, long... ages) {
        List<Signal> rows = List.of();
        for (long age : ages) {
            WorkDone before = jvm.workDone(executor.workers.get(0));
            await().atMost(Duration.ofMinutes(1)).until(() -> !turns
                    || jvm.workDone(executor.workers.get(0)).waits() > before.waits() && waits(executor.workers.get(0)));
            rows = look(executor, began + age, (began + age) * SECOND);
        }
        return rows.get(0);
    }

    @Test
    void whoeverStandsInOneWaitIsUnchangedAtEachLook() {
        Worked executor = worked("reports", work::serveOrder);
        executor.begin(1, SECOND);
        assertEquals(4, lookAt(executor, 1, false, 1, 5, 10, 20, 40, 80).number("unchanged"));
    }

    /** Consumers, appenders, leader elections: the same place at every look, after another turn. */
    @Test
    void aLoopThatComesBackToItsOwnWaitMoves() {
        Consumers consumers = new Consumers();
        for (Runnable loop : List.<Runnable>of(consumers::pollForEver, consumers::waitForEver)) {
            Worked executor = worked("consumers", loop);
            executor.begin(1, SECOND);
            assertEquals(0, lookAt(executor, 1, true, 1, 5, 10, 20, 40, 80).number("unchanged"));
        }
    }

    @Test
    void takingFromAQueueIsWaitingForWorkUnlessOthersWereSeenToGoOnThere() {
        Worked executor = worked("consumers", new Consumers()::take);
        executor.begin(1, SECOND);
        assertEquals(0, lookAt(executor, 1, false, 1, 5, 10, 20, 40, 80).number("unchanged"));
        for (int tick = 100; tick < 110; tick++) {
            executor.begin(tick, tick * SECOND);
            look(executor, tick, tick * SECOND);
        }
        executor.begin(200, 200 * SECOND);
        assertEquals(4, lookAt(executor, 200, false, 1, 5, 10, 20, 40, 80).number("unchanged"), "it waits for an answer");
    }

    /** The same wrapper runs what takes a moment and what goes on for ever. */
    @Test
    void whatAWrapperRunsIsToldApart() {
        Consumers consumers = new Consumers();
        Worked executor = worked("traced", () -> consumers.traced(work::serveOrder), () -> consumers.traced(work::serveLast));
        executor.begin(1, SECOND);
        Run lasting = executor.runs.get(0);
        for (int tick = 1; tick <= 60; tick++) {
            executor.runs = List.of(lasting, new Run(executor.workers.get(1), tick, tick * SECOND));
            List<Signal> rows = look(executor, tick, tick * SECOND);
            if (tick > 10) {
                assertEquals("com.acme.Waiting.serveOrder", rows.get(0).text("entry"));
                assertEquals(0, rows.get(0).number("seen"), "none like it has ended");
            }
        }
    }

    private List<Signal> look(Worked executor, long tick, long nanos) {
        Set<Run> due = tasks.due(executor.runs, tick, nanos);
        Map<Thread, StackTraceElement[]> stacks =
                due.stream().collect(Collectors.toMap(Run::worker, run -> run.worker().getStackTrace()));
        return tasks.of(executor, executor.runs, due, stacks, 0, nanos);
    }

    /** Looks are few; the first executors of the list must not have them all. */
    @Test
    void whatTasksTakeIsLearnedOfEachOfManyBusyExecutors() throws Exception {
        for (int i = 0; i < EXECUTORS; i++) {
            Worked executor = new Worked("pool-" + i);
            for (int j = 0; j < WORKERS; j++) {
                Thread thread = new Thread(i < EXECUTORS - 1 ? work::serveOrder : work::serveLast);
                thread.setDaemon(true);
                thread.start();
                executor.workers.add(thread);
            }
            executors.add(executor);
        }
        work.awaitAll();
        // A moment before that each is at another line.
        await().until(() -> executors.stream().flatMap(executor -> executor.workers.stream())
                .allMatch(worker -> worker.getState() == Thread.State.WAITING));
        long tick = 1;
        for (; tick <= 30; tick++) {
            for (Worked executor : executors) {
                executor.begin(tick, tick * SECOND);
                assertEquals(List.of(), look(executor, tick, tick * SECOND));
            }
        }
        Worked last = executors.get(EXECUTORS - 1);
        List<Signal> rows = List.of();
        for (; tick <= 45; tick++) {
            for (Worked executor : executors) {
                if (executor != last) {
                    executor.begin(tick, tick * SECOND);
                }
                List<Signal> told = look(executor, tick, tick * SECOND);
                rows = executor == last ? told : rows;
            }
        }
        assertEquals(WORKERS, rows.size(), "each worker of the last executor runs the same task for 15 s");
        rows.forEach(row -> assertTrue(row.number("seen") >= 5, row::toString));
    }
}
