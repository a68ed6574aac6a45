package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.Waiting;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle.Run;
import io.jvmmedic.core.resource.FakeExecutor;
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

    private final LongTasks tasks = new LongTasks();
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
        long second = TimeUnit.SECONDS.toNanos(1);
        long tick = 1;
        for (; tick <= 30; tick++) {
            for (Worked executor : executors) {
                executor.begin(tick, tick * second);
                assertEquals(List.of(), look(executor, tick, tick * second));
            }
        }
        Worked last = executors.get(EXECUTORS - 1);
        List<Signal> rows = List.of();
        for (; tick <= 45; tick++) {
            for (Worked executor : executors) {
                if (executor != last) {
                    executor.begin(tick, tick * second);
                }
                List<Signal> told = look(executor, tick, tick * second);
                rows = executor == last ? told : rows;
            }
        }
        assertEquals(WORKERS, rows.size(), "each worker of the last executor runs the same task for 15 s");
        rows.forEach(row -> assertTrue(row.number("seen") >= 5, row::toString));
    }
}
