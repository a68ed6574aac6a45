package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ExecutorHandle.Series;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Phrases;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has a scheduler run a series again that an exception ended, where the user allows it: only its author knows whether a
 * job may go on after it failed. Later and later for one that goes on failing, and then no more.
 */
public final class RearmSchedule implements Remedy {

    public static final String NAME = "rearm-schedule";

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final long FIRST_DELAY_MILLIS = 1_000;
    /** Four times as long each time, so about a quarter of an hour at the last. */
    private static final int BITS_PER_TIME = 2;
    private static final int MAX_TIMES = 6;

    private final ResourceRegistry registry;
    private final Globs allowed;
    /** How often each task was started again, by executor and class. */
    private final Map<String, Integer> times = new ConcurrentHashMap<>();

    public RearmSchedule(ResourceRegistry registry, MedicConfig config) {
        this.registry = registry;
        this.allowed = Globs.of(config.get(Options.SCHEDULE_REARM));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.GENTLE;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        ResourceId id = diagnosis.resource();
        if (!allowed.matches(id.toString())) {
            return impossible(id, "its tasks are started again only if " + Options.SCHEDULE_REARM.key() + " names it");
        }
        if (!(registry.byId(id).orElse(null) instanceof ExecutorHandle executor)) {
            return impossible(id, "the executor is gone");
        }
        if (!executor.rearm().isPresent()) {
            return impossible(id, executor.rearm().description());
        }
        Optional<Series> found = ended(executor, diagnosis.primary().evidence().measure("series"));
        if (found.isEmpty()) {
            return impossible(id, "the series is not known to have ended any more");
        }
        Series series = found.get();
        int before = times.getOrDefault(id + " " + series.task(), 0);
        if (before >= MAX_TIMES) {
            return impossible(id, series.task() + " was started again " + Phrases.count(before, "time")
                    + " and ended each time; no more before the next start");
        }
        long delay = Math.max(series.periodMillis(), FIRST_DELAY_MILLIS << before * BITS_PER_TIME);
        Claim claim = new Claim("the queue holds one periodic " + Phrases.type(series.task()) + " more within "
                + WITHIN.toSeconds() + " s; it runs in " + Phrases.duration(delay), WITHIN);
        Plan plan = new Plan(id, NAME, risk(), diagnosis.primary().confidence(), diagnosis.primary().evidence().proof(),
                claim, "none: it runs as it did before; to shut the executor down ends it");
        return new Preparation.Ready(plan, new Rearm(executor, series, delay));
    }

    private static Optional<Series> ended(ExecutorHandle executor, long number) {
        return executor.illSeries().stream()
                .filter(one -> one.number() == number && one.state() == Series.State.ENDED).findFirst();
    }

    private static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }

    private final class Rearm implements Action {

        private final ExecutorHandle executor;
        private final Series series;
        private final long delay;
        private volatile long scheduled;

        private Rearm(ExecutorHandle executor, Series series, long delay) {
            this.executor = executor;
            this.series = series;
            this.delay = delay;
        }

        @Override
        public Optional<String> noLongerNeeded() {
            ExecutorHandle.State state = executor.state();
            if (state == null || state.shutdown()) {
                return Optional.of("the executor is gone or shut down");
            }
            return ended(executor, series.number()).isPresent() ? Optional.empty()
                    : Optional.of("the series was started again meanwhile");
        }

        @Override
        public String observe() {
            return StateText.of(executor.state()) + " scheduled=" + executor.scheduled(series.task());
        }

        @Override
        public void apply() throws Throwable {
            scheduled = executor.scheduled(series.task());
            times.merge(executor.id() + " " + series.task(), 1, Integer::sum);
            executor.rearm().pull(new ExecutorHandle.Rearm(series.number(), delay));
        }

        @Override
        public boolean claimHolds() {
            return executor.scheduled(series.task()) > scheduled;
        }
    }
}
