package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WaitKnotDetectorTest {

    private static final String A = "executor:a";
    private static final String B = "executor:b";

    private final WaitKnotDetector detector = new WaitKnotDetector(config());

    /** The findings of the last of so many equal rounds, by resource. */
    private Map<String, Finding> after(int rounds, Signal.Builder... rows) {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= rounds; tick++) {
            findings = detector.evaluate(round(tick, rows));
        }
        return findings.stream().collect(Collectors.toMap(finding -> finding.resource().toString(), finding -> finding));
    }

    private static Confidence of(Map<String, Finding> findings, String resource) {
        return findings.containsKey(resource) ? findings.get(resource).confidence() : null;
    }

    private static Signal.Builder[] crossing() {
        return new Signal.Builder[] {executor(A, 2, 3, 40), executor(B, 1, 2, 7), waitsForTask(1, A, B, 0),
            waitsForTask(2, A, B, 1), waitsForTask(3, B, A, 0)};
    }

    private static Signal.Builder[] with(Signal.Builder[] rows, Signal.Builder... more) {
        List<Signal.Builder> all = new ArrayList<>(Arrays.asList(rows));
        all.addAll(Arrays.asList(more));
        return all.toArray(Signal.Builder[]::new);
    }

    @Test
    void twoExecutorsAreProvenOnTheSecondLookAndTheSmallerLoanIsTriedFirst() {
        assertEquals(Map.of(), after(1, crossing()));
        Map<String, Finding> second = after(2, crossing());
        assertEquals(Confidence.CERTAIN, of(second, A));
        assertEquals(Confidence.HINT, of(second, B));
        Finding finding = second.get(A);
        assertEquals(Fault.WAIT_KNOT, finding.fault());
        assertEquals("executor:a: locked with executor:b, 3 threads wait in a circle; 2 of 2 workers busy, 3 queued",
                finding.summary());
        assertEquals("2 threads in executor:a, waiting for a task queued in executor:b at ReportService.render:57; 1 thread in"
                + " executor:b, waiting for a task queued in executor:a at ReportService.render:57", finding.cause());
        assertEquals(1, finding.evidence().measure("firstAwaited"));
        assertEquals(1, finding.evidence().measure("waiters"));
        assertEquals(List.of(1L, 2L, 3L), finding.evidence().threads().stream().sorted().toList());
    }

    @Test
    void theNextOneFollowsWhenTheFirstDidNotHelp() {
        Map<String, Finding> later = after(20, crossing());
        assertEquals(Confidence.CERTAIN, of(later, A));
        assertEquals(Confidence.CERTAIN, of(later, B));
    }

    @Test
    void aWayOutForOneIsAWayOutForAll() {
        assertEquals(Map.of(), after(9, executor(A, 2, 3, 40), executor(B, 1, 2, 7), waitsForTask(1, A, B, 0),
                waitsForTask(3, B, A, 0)), "a worker that does not wait");
        assertEquals(Map.of(), after(9, executor(A, 2, 3, 40).with("max", 5).with("core", 3), executor(B, 1, 2, 7),
                waitsForTask(1, A, B, 0), waitsForTask(2, A, B, 1), waitsForTask(3, B, A, 0)), "it starts another by itself");
        assertEquals(Map.of(), after(9, executor(A, 2, 3, 40), executor(B, 1, 2, 7), waitsForTask(1, A, B, 0),
                waitsForThreads(2, A, "SYNCHRONIZER", "99"), waitsForTask(3, B, A, 0)), "a lock whose owner goes on");
    }

    @Test
    void progressAnywhereSpoilsTheProof() {
        detector.evaluate(round(1, crossing()));
        Signal.Builder[] moved = crossing();
        moved[1].with("completed", 8);
        assertEquals(List.of(), detector.evaluate(round(2, moved)));
        Signal.Builder[] other = crossing();
        other[1].with("completed", 8);
        other[4] = waitsForTask(4, B, A, 0);
        assertEquals(List.of(), detector.evaluate(round(3, other)));
        assertEquals(List.of(), detector.evaluate(lateRound(4, other)));
    }

    @Test
    void timedWaitsNeedAThirdLook() {
        Signal.Builder[] rows = crossing();
        rows[2].with("timed", true);
        assertEquals(Confidence.HINT, of(after(2, rows), A));
        assertEquals(Confidence.CERTAIN, of(after(3, rows), A));
    }

    @Test
    void aPoolAndAnExecutor() {
        Signal.Builder[] rows = {executor(A, 1, 2, 7), pool(POOL, 1, 1, 1), waitsForPool(1, A, POOL),
            waitsForTask(2, "", A, 0), held(POOL, 1).with("threadId", 2).with("thread", "t-2").with("inScope", true)};
        Map<String, Finding> findings = after(2, rows);
        assertEquals(Confidence.CERTAIN, of(findings, A));
        assertEquals(Confidence.HINT, of(findings, POOL), "a worker is cheaper than a session");
        assertEquals("1 thread in executor:a, waiting for pool:orders at ReportService.render:57; 1 thread with pool:orders in"
                + " hand, waiting for a task queued in executor:a at ReportService.render:57", findings.get(A).cause());
        assertEquals(Confidence.CERTAIN, of(after(20, rows), POOL));
        assertEquals(1, after(20, rows).get(POOL).evidence().measure("neededSlots"));
    }

    private static Signal.Builder[] client(Signal.Builder client, Signal.Builder response) {
        return new Signal.Builder[] {executor(A, 1, 2, 7), client, waitsForPool(1, A, HTTP), waitsForTask(2, "", A, 0),
            response.with("threadId", 2).with("thread", "t-2")};
    }

    @Test
    void anHttpClientAndAnExecutor() {
        Signal.Builder[] rows = client(http(1, 1, 1), response(1).with("inScope", true));
        Map<String, Finding> findings = after(3, rows);
        assertEquals(Confidence.CERTAIN, of(findings, A));
        assertEquals(Confidence.HINT, of(findings, HTTP), "nothing makes a client larger");
        assertEquals("1 thread in executor:a, waiting for http:payments at ReportService.render:57; 1 thread with http:payments"
                + " in hand, waiting for a task queued in executor:a at ReportService.render:57", findings.get(A).cause());
        assertEquals("http:payments: probably locked with executor:a, 2 threads wait in a circle; route api:443: 1 of 1 leased,"
                + " 1 pending", findings.get(HTTP).summary());
        assertEquals("1 request waiting", findings.get(HTTP).victims());
    }

    @Test
    void anHttpConnectionOfAnotherRouteOrThatTurnsOverProvesNothing() {
        assertEquals(Map.of(), after(9, client(http(1, 1, 2).with("routePending", 1), response(1).with("inScope", true))),
                "the request may be for another route");
        assertEquals(Map.of(), after(9, client(http(2, 2, 1), response(1).with("inScope", true))),
                "one more is leased by somebody unseen");
        assertEquals(Map.of(), after(9, client(http(1, 1, 1), response(1).with("scopeOver", true))), "a leak");
        assertEquals(Confidence.SUSPECTED, of(after(9, client(http(1, 1, 1), response(1))), A), "perhaps a leak");
        for (int tick = 20; tick < 29; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick,
                    client(http(1, 1, 1), response(tick).with("inScope", true)))), "it was returned in between");
        }
    }

    @Test
    void whetherAHeldConnectionIsStillUsedMustBeKnown() {
        Signal.Builder held = held(POOL, 1).with("threadId", 2).with("thread", "t-2");
        Signal.Builder[] rows = {executor(A, 1, 2, 7), pool(POOL, 1, 1, 1), waitsForPool(1, A, POOL),
            waitsForTask(2, "", A, 0), held};
        assertEquals(Confidence.HINT, of(after(4, rows), A));
        assertEquals(Confidence.SUSPECTED, of(after(9, rows), A));
        held.with("unreachable", true);
        assertEquals(Map.of(), after(9, rows), "a leak, not a knot");
        held.with("unreachable", false).with("scopeOver", true);
        assertEquals(Map.of(), after(9, rows), "its work is over");
    }

    @Test
    void ofTwoSlotsOneThatComesBackIsEnough() {
        Signal.Builder[] rows = {executor(A, 1, 2, 7), pool(POOL, 2, 2, 1), waitsForPool(1, A, POOL),
            waitsForTask(2, "", A, 0), held(POOL, 1).with("threadId", 2).with("inScope", true),
            held(POOL, 2).with("threadId", 3)};
        assertEquals(Map.of(), after(9, rows));
        rows[5].with("inScope", true);
        assertEquals(Confidence.CERTAIN, of(after(2, with(rows, waitsForTask(3, "", A, 1))), A));
    }

    @Test
    void anUnknownWaitIsSuspectedOnly() {
        Signal.Builder[] rows = {executor(A, 2, 3, 40), executor(B, 1, 2, 7), waitsForTask(1, A, B, 0),
            waits(2, A, "LATCH", "java.util.concurrent.CountDownLatch$Sync@1"), waitsForTask(3, B, A, 0)};
        assertEquals(Confidence.HINT, of(after(4, rows), A));
        assertEquals(Confidence.SUSPECTED, of(after(5, rows), A));
        rows[3].with("timed", true);
        assertEquals(Map.of(), after(9, rows), "ends by itself");
    }

    @Test
    void whatOneExecutorDoesToItselfIsToldElsewhere() {
        assertEquals(Map.of(), after(9, executor(A, 2, 3, 40), waitsForTask(1, A, A, 0), waitsForTask(2, A, A, 1)));
        assertEquals(Map.of(), after(9, pool(POOL, 1, 1, 1), waitsForPool(1, "", POOL), held(POOL, 1).with("threadId", 1)));
    }

    @Test
    void whoOnlyHangsBehindAKnotIsNoneOfIt() {
        Map<String, Finding> findings = after(2, with(crossing(), executor("executor:web", 1, 9, 3),
                waitsForTask(9, "executor:web", A, 2)));
        assertEquals(Confidence.CERTAIN, of(findings, A));
        assertTrue(!findings.containsKey("executor:web"), findings.toString());
        assertEquals(1, findings.get(A).evidence().measure("waiters"));
    }

    @Test
    void aWriterWaitsForEveryReader() {
        Signal.Builder[] rows = {executor(A, 1, 2, 7), waitsForThreads(1, A, "READ_LOCK", "8,2"), waitsForTask(2, "", A, 0)};
        assertEquals(Confidence.CERTAIN, of(after(2, rows), A), "thread 8 goes on, but 2 never gives way");
    }
}
