package io.jvmmedic.core.policy;

import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans that were not carried out, and whether they would have been right. What would have been is known a little
 * later: the lease came back by itself, so taking it would have been wrong; it never did, so it would have been right.
 * The tallies show a user which rule can be promoted. Thread-safe.
 */
public final class ShadowBook {

    /** Open shadows at most; the oldest is then scored UNKNOWN. */
    static final int MAX_OPEN = 200;
    /** Pairs of remedy and resource that are counted; the one untouched longest is forgotten. */
    static final int MAX_TALLIES = 500;

    /** Whether acting would have been right. */
    public enum Score {
        /** The fault stayed: acting would have helped. */
        RIGHT,
        /** It went away by itself: acting would have hit somebody healthy. */
        WRONG,
        UNKNOWN
    }

    /** Watches one shadowed plan. Only reads; is asked each tick until it answers. */
    @FunctionalInterface
    public interface Witness {

        /**
         * @param waited since the plan was shadowed
         * @return what is known by now; empty while both may still come true
         */
        Optional<Judgement> ask(Duration waited);
    }

    /** @param reason what happened, one sentence */
    public record Judgement(Score score, String reason) {
    }

    /** A shadow that met its outcome. */
    public record Scored(String incidentId, Plan plan, Judgement judgement) {
    }

    /** How often acting would have been what. */
    public record Tally(int right, int wrong, int unknown) {

        private Tally plus(Score score) {
            return switch (score) {
                case RIGHT -> new Tally(right + 1, wrong, unknown);
                case WRONG -> new Tally(right, wrong + 1, unknown);
                case UNKNOWN -> new Tally(right, wrong, unknown + 1);
            };
        }
    }

    /** What is counted apart. */
    public record Rule(String remedy, ResourceId resource) {
    }

    private record Key(String incidentId, ResourceId resource, String remedy) {
    }

    private record Shadow(Plan plan, Witness witness, long sinceMonotonicMillis) {
    }

    private final Map<Key, Shadow> open = new LinkedHashMap<>();
    private final List<Scored> pushedOut = new ArrayList<>();
    private final Map<Rule, Tally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Rule, Tally> eldest) {
            return size() > MAX_TALLIES;
        }
    };
    private final Clock clock;
    private final Duration patience;

    /** @param patience after which a shadow whose witness never answered is scored UNKNOWN */
    public ShadowBook(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * Opens a shadow; does nothing while the same plan of the same incident is open, since findings repeat each round.
     *
     * @return whether it is new
     */
    public synchronized boolean open(String incidentId, Plan plan, Witness witness) {
        Shadow shadow = new Shadow(plan, witness, clock.monotonicMillis());
        if (open.putIfAbsent(new Key(incidentId, plan.resource(), plan.remedy()), shadow) != null) {
            return false;
        }
        if (open.size() > MAX_OPEN) {
            Iterator<Map.Entry<Key, Shadow>> oldest = open.entrySet().iterator();
            Map.Entry<Key, Shadow> entry = oldest.next();
            oldest.remove();
            pushedOut.add(score(entry.getKey(), entry.getValue(),
                    new Judgement(Score.UNKNOWN, "more than " + MAX_OPEN + " plans were being watched")));
        }
        return true;
    }

    /** Asks every witness; to be called each tick. Returns what was decided since the last call. */
    public synchronized List<Scored> review() {
        List<Scored> scored = new ArrayList<>(pushedOut);
        pushedOut.clear();
        for (Iterator<Map.Entry<Key, Shadow>> shadows = open.entrySet().iterator(); shadows.hasNext();) {
            Map.Entry<Key, Shadow> entry = shadows.next();
            Optional<Judgement> judgement = judge(entry.getValue());
            if (judgement.isPresent()) {
                shadows.remove();
                scored.add(score(entry.getKey(), entry.getValue(), judgement.get()));
            }
        }
        return scored;
    }

    /** The counts, for the status. */
    public synchronized Map<Rule, Tally> tallies() {
        return new LinkedHashMap<>(tallies);
    }

    private Optional<Judgement> judge(Shadow shadow) {
        Duration waited = Duration.ofMillis(clock.monotonicMillis() - shadow.sinceMonotonicMillis());
        Optional<Judgement> judgement;
        try {
            judgement = shadow.witness().ask(waited);
        } catch (RuntimeException e) {
            return Optional.of(new Judgement(Score.UNKNOWN, "the witness failed: " + e));
        }
        if (judgement.isEmpty() && waited.compareTo(patience) >= 0) {
            return Optional.of(new Judgement(Score.UNKNOWN, "undecided after " + patience.toSeconds() + " s"));
        }
        return judgement;
    }

    private Scored score(Key key, Shadow shadow, Judgement judgement) {
        Rule rule = new Rule(key.remedy(), key.resource());
        tallies.put(rule, tallies.getOrDefault(rule, new Tally(0, 0, 0)).plus(judgement.score()));
        return new Scored(key.incidentId(), shadow.plan(), judgement);
    }
}
