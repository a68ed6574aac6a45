package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.FakeExecutor;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What takes a task away from somebody: {@link InterruptTask} and {@link ShedBacklog}. */
class TaskRemediesTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final Pool pool = new Pool();

    /** One worker that runs its twelfth task, and a queue. */
    private final class Pool extends FakeExecutor {
        private final Run run = new Run(Thread.currentThread(), 12, 0);
        private boolean running = true;
        private boolean cancellable = true;
        private boolean listens = true;
        private int queued = 1_000;
        private long shed;

        private Pool() {
            super(registry.uniqueId(ResourceId.Kind.EXECUTOR, "reports"));
        }

        @Override
        public State state() {
            return new State(1, 1, 1, 1, queued, 5, false);
        }

        @Override
        public List<Run> runs() {
            return List.of(run);
        }

        @Override
        public boolean isRunning(Run one) {
            return running && one.task() == 12;
        }

        @Override
        public Lever<Void> cancel(Run one) {
            return cancellable ? Lever.of("FutureTask.cancel(true)", nothing -> running = !listens)
                    : Lever.absent("its future was never seen");
        }

        @Override
        public Lever<Shed> shed() {
            return Lever.of("BlockingQueue.poll", wish -> {
                shed += wish.count();
                queued -= wish.count();
            });
        }

        @Override
        public long tasksShed() {
            return shed;
        }
    }

    @BeforeEach
    void register() {
        registry.register(pool, (object, all) -> pool);
    }

    @SuppressWarnings("deprecation")
    private Diagnosis stuck(long task) {
        return Given.diagnosis(Fault.STUCK_TASK, pool.id(), Confidence.SUSPECTED, List.of(), List.of(),
                Map.of("thread", Thread.currentThread().getId(), "task", task));
    }

    @Test
    void aStuckTaskIsCancelledAndItsEndIsVerified() throws Throwable {
        InterruptTask remedy = new InterruptTask(registry);
        assertEquals(Risk.FORCEFUL, remedy.risk());
        Action action = Given.ready(remedy.prepare(stuck(12))).action();
        assertEquals(Optional.empty(), action.noLongerNeeded());
        action.apply();
        assertTrue(action.claimHolds());
        assertEquals(Optional.of("the task has ended"), action.noLongerNeeded());
    }

    @Test
    void aTaskThatDoesNotListenIsNotCured() throws Throwable {
        pool.listens = false;
        Action action = Given.ready(new InterruptTask(registry).prepare(stuck(12))).action();
        action.apply();
        assertFalse(action.claimHolds());
    }

    @Test
    void anotherTaskOfTheSameWorkerIsNotMeant() {
        assertEquals("executor:reports: the task has ended", Given.impossible(new InterruptTask(registry).prepare(stuck(11))));
    }

    @Test
    void aTaskWithoutAFutureCannotBeCancelled() {
        pool.cancellable = false;
        assertEquals("executor:reports: its future was never seen",
                Given.impossible(new InterruptTask(registry).prepare(stuck(12))));
    }

    private Preparation shed(String which) {
        return new ShedBacklog(registry, MedicConfig.of(which.isEmpty() ? Map.of() : Map.of("backlog.shed", which)))
                .prepare(Given.diagnosis(Fault.EXECUTOR_BACKLOG, pool.id(), Confidence.SUSPECTED, List.of(), List.of(),
                        Map.of()));
    }

    @Test
    void halfOfTheQueueIsCancelledAndCounted() throws Throwable {
        Preparation.Ready ready = Given.ready(shed("newest"));
        assertEquals("the 500 newest of 1000 queued tasks are cancelled within 5 s", ready.plan().claim().text());
        assertEquals(Risk.FORCEFUL, ready.plan().risk());
        ready.action().apply();
        assertTrue(ready.action().claimHolds());
        assertTrue(ready.action().observe().endsWith("shed=500"), ready.action().observe());
    }

    @Test
    void nothingIsCancelledUnlessTheUserSaysWhich() {
        assertEquals("executor:reports: queued tasks are cancelled only if backlog.shed says which",
                Given.impossible(shed("")));
    }

    @Test
    void aQueueThatGetsShorterIsLeftAlone() {
        Action action = Given.ready(shed("oldest")).action();
        pool.queued = 990;
        assertEquals(Optional.of("the queue is getting shorter"), action.noLongerNeeded());
        pool.queued = 1;
        assertEquals("executor:reports: no task is queued any more", Given.impossible(shed("oldest")));
    }
}
