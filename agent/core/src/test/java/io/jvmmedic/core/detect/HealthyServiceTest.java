package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service that is busy but well, simulated in steps of 100 ms and sampled as the sampler does: a pool of ten with
 * random requests, bursts, some held across short calls, a leader that rests on its advisory lock, a nightly report.
 */
class HealthyServiceTest {

    private static final int ROUNDS = 3_000;
    private static final int STEPS_PER_ROUND = 10;
    private static final int STEP_MILLIS = 100;
    private static final int SLOTS = 10;
    private static final int ROUNDS_PER_BURST = 120;

    /** One request: waits, then holds. */
    private static final class Request {
        final long id;
        final int holdSteps;
        final boolean callsOut;
        final int asked;
        int begun;

        Request(long id, int holdSteps, boolean callsOut, int asked) {
            this.id = id;
            this.holdSteps = holdSteps;
            this.callsOut = callsOut;
            this.asked = asked;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isLeftAlone(long seed) {
        List<Detector> detectors = poolDetectors();
        int pressed = 0;
        for (Round round : rounds(seed)) {
            for (Detector detector : detectors) {
                assertNothingAboveHint(detector.evaluate(round));
            }
            pressed += round.of(Signal.POOL).get(0).number("waiting") > 0 ? 1 : 0;
        }
        assertTrue(pressed > ROUNDS / 100, "the bursts never filled the pool: " + pressed);
    }

    @Test
    void replaysToTheSameFindings() {
        List<Round> rounds = rounds(42);
        List<Round> leaking = new ArrayList<>();
        for (Round round : rounds.subList(0, 200)) {
            List<Signal.Builder> rows = new ArrayList<>(List.of(pool(POOL, 10, 10, 3).with("oldestWait", round.tick() * 900)));
            for (long lease = 1; lease <= 10; lease++) {
                rows.add(abandoned(POOL, lease, round.tick() * 1_000).with("unreachable", round.tick() > lease * 15));
            }
            leaking.add(round(round.tick(), false, rows));
        }
        List<Finding> first = replay(leaking);
        assertTrue(first.size() > 200, "nothing to compare: " + first.size());
        assertEquals(first, replay(leaking));
    }

    private static List<Finding> replay(List<Round> rounds) {
        List<Detector> detectors = poolDetectors();
        return rounds.stream()
                .flatMap(round -> detectors.stream().flatMap(detector -> detector.evaluate(round).stream())).toList();
    }

    private static List<Detector> poolDetectors() {
        return List.of(new LeakedConnectionDetector(config()), new NestedBorrowDetector(config()),
                new PoolExhaustionDetector(config()));
    }

    private static List<Round> rounds(long seed) {
        Random random = new Random(seed);
        List<Round> rounds = new ArrayList<>();
        Deque<Request> queue = new ArrayDeque<>();
        List<Request> holding = new ArrayList<>();
        long ids = 100;
        long borrows = 0;
        for (int step = 1; step <= ROUNDS * STEPS_PER_ROUND; step++) {
            int now = step;
            int round = step / STEPS_PER_ROUND;
            holding.removeIf(request -> now - request.begun >= request.holdSteps);
            boolean burst = step % (ROUNDS_PER_BURST * STEPS_PER_ROUND) == 0;
            int arriving = burst ? 80 + random.nextInt(120) : random.nextInt(4);
            for (int i = 0; i < arriving; i++) {
                boolean callsOut = random.nextInt(20) == 0;
                queue.add(new Request(++ids, callsOut ? 5 + random.nextInt(15) : 1 + random.nextInt(5), callsOut, step));
            }
            boolean report = round % 600 > 300;
            int free = SLOTS - 1 - (report ? 1 : 0) - holding.size();
            for (; free > 0 && !queue.isEmpty(); free--) {
                Request request = queue.remove();
                request.begun = step;
                holding.add(request);
                borrows++;
            }
            if (step % STEPS_PER_ROUND == 0) {
                rounds.add(sample(round, step, queue, holding, borrows, report));
            }
        }
        return rounds;
    }

    private static Round sample(
            int round, int step, Deque<Request> queue, List<Request> holding, long borrows, boolean report) {
        List<Signal.Builder> rows = new ArrayList<>();
        int active = holding.size() + 1 + (report ? 1 : 0);
        long oldestWait = queue.stream().mapToLong(request -> (long) (step - request.asked) * STEP_MILLIS).max().orElse(0);
        rows.add(pool(POOL, active, SLOTS, queue.size()).with("oldestWait", oldestWait).with("borrows", borrows));
        rows.add(held(POOL, 1).with("heldFor", round * 1_000L).with("idleFor", round * 1_000L)
                .with("activity", "SLEEPING").with("doing", "com.acme.Leader.run(Leader.java:9)")
                .with("site", "com.acme.Leader.run(Leader.java:7)"));
        if (report) {
            long held = (round % 600 - 300) * 1_000L;
            rows.add(held(POOL, 2).with("heldFor", held).with("idleFor", held));
        }
        boolean exhausted = active >= SLOTS && !queue.isEmpty();
        for (Request request : holding) {
            long held = (long) (step - request.begun) * STEP_MILLIS;
            if (exhausted || held >= 2_000) {
                rows.add(held(POOL, request.id).with("heldFor", held).with("idleFor", held)
                        .with("activity", request.callsOut ? "IO" : "JDBC"));
            }
        }
        queue.stream().sorted(Comparator.comparingInt(request -> request.asked)).limit(100)
                .forEach(request -> rows.add(waiter(POOL, 100 + request.id, (long) (step - request.asked) * STEP_MILLIS)));
        return round(round, false, rows);
    }
}
