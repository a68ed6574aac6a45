package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.FakeExecutor;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RearmScheduleTest {

    private static final String TASK = "com.acme.NightlyReport";

    private final ResourceRegistry registry = new ResourceRegistry();
    private final RearmSchedule remedy = new RearmSchedule(registry,
            MedicConfig.of(Map.of("schedule.rearm", "executor:cron|executor:other*")));
    private final Scheduler scheduler = new Scheduler();

    /** A scheduler whose series ended; what is started again goes to {@link #queue}. */
    private final class Scheduler extends FakeExecutor {
        private final List<Rearm> queue = new ArrayList<>();
        private List<Series> ill = List.of(
                new Series(7, TASK, Series.State.ENDED, 100, 0, 3, "java.lang.IllegalStateException", "at"));
        private boolean shutdown;
        private boolean works = true;

        private Scheduler() {
            super(registry.uniqueId(ResourceId.Kind.EXECUTOR, "cron"));
        }

        @Override
        public State state() {
            return new State(0, 1, 1, 1, 0, 5, shutdown);
        }

        @Override
        public List<Series> illSeries() {
            return ill;
        }

        @Override
        public long scheduled(String task) {
            return queue.size();
        }

        @Override
        public Lever<Rearm> rearm() {
            return Lever.of("scheduleAtFixedRate", wish -> {
                if (works) {
                    queue.add(wish);
                }
            });
        }
    }

    @BeforeEach
    void register() {
        registry.register(scheduler, (object, all) -> scheduler);
    }

    private Preparation prepare() {
        return remedy.prepare(Given.diagnosis(Fault.SCHEDULE_ENDED, scheduler.id(), Confidence.CERTAIN, List.of(), List.of(),
                Map.of("series", 7L)));
    }

    @Test
    void anEndedSeriesIsStartedAgainLaterEachTimeAndThenNoMore() throws Throwable {
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Action action = Given.ready(prepare()).action();
            assertEquals(Optional.empty(), action.noLongerNeeded());
            action.apply();
            assertTrue(action.claimHolds());
            delays.add(scheduler.queue.get(i).delayMillis());
        }
        assertEquals(List.of(1_000L, 4_000L, 16_000L, 64_000L, 256_000L, 1_024_000L), delays);
        assertEquals("executor:cron: com.acme.NightlyReport was started again 6 times and ended each time;"
                + " no more before the next start", Given.impossible(prepare()));
    }

    @Test
    void aCallWithoutEffectIsNoCure() throws Throwable {
        scheduler.works = false;
        Action action = Given.ready(prepare()).action();
        action.apply();
        assertFalse(action.claimHolds());
    }

    @Test
    void nothingIsStartedAgainThatTheUserDidNotName() {
        RearmSchedule byDefault = new RearmSchedule(registry, MedicConfig.of(Map.of()));
        assertEquals("executor:cron: its tasks are started again only if schedule.rearm names it",
                Given.impossible(byDefault.prepare(Given.diagnosis(Fault.SCHEDULE_ENDED, scheduler.id(), Confidence.CERTAIN,
                        List.of(), List.of(), Map.of("series", 7L)))));
    }

    @Test
    void whatRunsAgainOrIsShutDownIsLeftAlone() {
        Action action = Given.ready(prepare()).action();
        scheduler.shutdown = true;
        assertEquals(Optional.of("the executor is gone or shut down"), action.noLongerNeeded());
        scheduler.shutdown = false;
        scheduler.ill = List.of();
        assertEquals(Optional.of("the series was started again meanwhile"), action.noLongerNeeded());
        assertEquals("executor:cron: the series is not known to have ended any more", Given.impossible(prepare()));
    }
}
