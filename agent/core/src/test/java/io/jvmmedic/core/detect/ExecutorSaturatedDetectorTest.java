package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class ExecutorSaturatedDetectorTest {

    private static final String GEO = "com.acme.GeoClient.lookup(GeoClient.java:33)";

    private final ExecutorSaturatedDetector detector = new ExecutorSaturatedDetector(config());

    private Optional<Confidence> run(long from, long to, LongFunction<Signal.Builder> sample, Signal.Builder... sites) {
        Optional<Confidence> surest = Optional.empty();
        for (long tick = from; tick <= to; tick++) {
            surest = surest(evaluate(tick, sample.apply(tick), sites));
        }
        return surest;
    }

    private List<Finding> evaluate(long tick, Signal.Builder sample, Signal.Builder... sites) {
        return detector.evaluate(round(tick, rows(List.of(sample), List.of(sites))));
    }

    /** Four tasks a second complete, six come. */
    private static Signal.Builder overrun(long tick) {
        return executor(8, 8, (int) (2 * tick), 4 * tick);
    }

    @Test
    void oneSlowSiteIsNamedWithItsVictims() {
        assertEquals(Optional.of(Confidence.HINT), run(1, 30, tick -> overrun(tick), busy(GEO, "IO", 7), busy(SAVE, "JDBC", 3)));
        Finding finding = only(evaluate(31, overrun(31), busy(GEO, "IO", 7), busy(SAVE, "JDBC", 3)));
        assertEquals(Fault.EXECUTOR_SATURATED, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("executor:reports: does not keep up since 30 s, 70 % of its workers wait at GeoClient.lookup:33;"
                + " 8 of 8 workers busy, 62 queued", finding.summary());
        assertEquals("70 % of its workers at GeoClient.lookup:33, IO", finding.cause());
        assertEquals("62 queued tasks, each waits about 15 s; among those who share it: 1 at OrderService.save:88",
                finding.victims());
    }

    @Test
    void aBurstThatDrainsIsNone() {
        run(1, 20, tick -> overrun(tick), busy(GEO, "IO", 9));
        assertEquals(Optional.empty(), run(21, 60, tick -> executor(8, 8, (int) (40 - (tick - 21)), 5 * tick),
                busy(GEO, "IO", 9)));
    }

    /** Its callers run themselves what it refuses. */
    @Test
    void aShortQueueThatIsAlwaysFullIsNone() {
        assertEquals(Optional.empty(), run(1, 100, tick -> executor(2, 2, tick % 2 == 0 ? 3 : 2, 100 * tick), busy(GEO, "PARKED", 9)));
    }

    /** Four callers, each of which asks again once it has its answer. */
    @Test
    void aQueueThatGoesUpAndDownIsNone() {
        assertEquals(Optional.empty(), run(1, 200, tick -> executor(2, 2, tick % 5 == 0 ? 3 : 2, tick / 3), busy(GEO, "SLEEPING", 2)));
    }

    @Test
    void aSpellThatEndedByItselfTeaches() {
        run(1, 40, tick -> overrun(tick), busy(GEO, "IO", 9));
        evaluate(41, executor(8, 8, 0, 900).with("active", 2));
        assertEquals(Optional.of(Confidence.HINT), run(42, 190, tick -> overrun(tick), busy(GEO, "IO", 9)));
        assertEquals(Optional.of(Confidence.SUSPECTED), run(191, 210, tick -> overrun(tick), busy(GEO, "IO", 9)));
    }

    @Test
    void workersThatComputeOrAreEverywhereAreNone() {
        assertEquals(Optional.empty(), run(1, 100, tick -> overrun(tick), busy(GEO, "RUNNING", 9)));
        assertEquals(Optional.empty(), run(101, 200, tick -> overrun(tick), busy(GEO, "IO", 4), busy(SAVE, "JDBC", 3)));
    }

    @Test
    void withoutACompletionItIsStalledWhichIsSaidElsewhere() {
        assertEquals(Optional.empty(), run(1, 100, tick -> executor(8, 8, (int) tick, 5), busy(GEO, "IO", 9)));
    }

    @Test
    void aLateRoundStartsAgain() {
        run(1, 29, tick -> overrun(tick), busy(GEO, "IO", 9));
        detector.evaluate(lateRound(30, overrun(30), busy(GEO, "IO", 9)));
        assertEquals(Optional.of(Confidence.HINT), run(31, 55, tick -> overrun(tick), busy(GEO, "IO", 9)));
    }
}
