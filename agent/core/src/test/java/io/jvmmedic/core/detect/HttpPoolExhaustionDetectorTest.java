package io.jvmmedic.core.detect;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Signal;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HttpPoolExhaustionDetectorTest {

    private final HttpPoolExhaustionDetector detector = new HttpPoolExhaustionDetector(config());

    @Test
    void theSameLeasesForThreeRoundsWhileRequestsWait() {
        detector.evaluate(round(1, http(2, 2, 5), usuallyQuick(1), usuallyQuick(2)));
        assertEquals(List.of(), detector.evaluate(round(2, http(2, 2, 6), usuallyQuick(1), usuallyQuick(2))));
        Finding finding = only(detector.evaluate(round(3, http(2, 2, 7), usuallyQuick(1), usuallyQuick(2))));
        assertEquals(Fault.HTTP_POOL_EXHAUSTION, finding.fault());
        assertEquals(Confidence.SUSPECTED, finding.confidence());
        assertEquals("2 of 2 held by GeoClient.lookup:33, median 5.0 s, in I/O", finding.cause());
        assertEquals("7 requests waiting", finding.victims());
        assertEquals("http:payments: exhausted, route api:443: 2 of 2 leased, 7 pending;"
                + " connections are waiting for the other side", finding.summary());
        assertEquals(List.of(), finding.evidence().leases());
    }

    private static Signal.Builder usuallyQuick(long lease) {
        return response(lease).with("calmHold", 400);
    }

    /** Long polls of a first use fill the route: nobody knows yet what they take, and proxies end them within a minute. */
    @Test
    void whatIsNotYetKnownToBeUnusualIsAHint() {
        for (int tick = 1; tick <= 89; tick++) {
            assertNothingAboveHint(detector.evaluate(round(tick, http(2, 2, 5), polls(1, tick), polls(2, tick))));
        }
        assertEquals(Confidence.SUSPECTED,
                only(detector.evaluate(round(90, http(2, 2, 5), polls(1, 91), polls(2, 91)))).confidence());
        assertNothingAboveHint(detector.evaluate(round(91, http(2, 2, 5),
                polls(1, 92).with("calmHold", 60_000), polls(2, 92).with("calmHold", 60_000))));
    }

    private static Signal.Builder polls(long lease, long seconds) {
        return response(lease).with("heldFor", seconds * 1_000);
    }

    @Test
    void leaksAndLocksNeedNoHabit() {
        for (Signal.Builder change : List.of(response(1).with("unreachable", true), response(1).with("activity", "BLOCKED"))) {
            HttpPoolExhaustionDetector fresh = new HttpPoolExhaustionDetector(config());
            Optional<Confidence> last = Optional.empty();
            for (int tick = 1; tick <= 3; tick++) {
                last = surest(fresh.evaluate(round(tick, http(2, 2, 5), change, change.with("leaseId", 2))));
            }
            assertEquals(Optional.of(Confidence.SUSPECTED), last);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("causes")
    void theVerdictIsWhatTheHoldersDo(ExhaustionCause cause, UnaryOperator<Signal.Builder> holder) {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            findings = detector.evaluate(round(tick, http(2, 2, 5), holder.apply(response(1)), holder.apply(response(2))));
        }
        assertEquals(cause, ExhaustionCause.of(only(findings).evidence()));
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(ExhaustionCause.LEAK, change(row -> row.with("unreachable", true))),
                Arguments.of(ExhaustionCause.LEAK, change(row -> row.with("activity", "ENDED")
                        .with("scopeOver", true).with("heldFor", 40_000))),
                Arguments.of(ExhaustionCause.SLOW_PEER, change(row -> row.with("activity", "IO"))),
                Arguments.of(ExhaustionCause.HELD_ACROSS_IO, change(row -> row.with("activity", "JDBC"))),
                Arguments.of(ExhaustionCause.BLOCKED_ON_LOCK, change(row -> row.with("activity", "BLOCKED"))),
                Arguments.of(ExhaustionCause.UNKNOWN, change(row -> row.with("activity", "UNKNOWN"))));
    }

    private static UnaryOperator<Signal.Builder> change(UnaryOperator<Signal.Builder> change) {
        return change;
    }

    @Test
    void connectionsThatTurnOverAreAHintAtMost() {
        for (int tick = 1; tick <= 20; tick++) {
            assertNothingAboveHint(detector.evaluate(
                    round(tick, http(2, 2, 5), response(tick * 2), response(tick * 2 + 1))));
        }
    }

    @Test
    void aQueueThatDrainsIsAHintAtMost() {
        for (int tick = 1; tick <= 20; tick++) {
            assertNothingAboveHint(detector.evaluate(round(tick, http(2, 2, 30 - tick), response(1), response(2))));
        }
    }

    @Test
    void longPollsWithoutAnybodyWaitingAreNoFault() {
        for (int tick = 1; tick <= 20; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick, http(2, 2, 0),
                    response(1).with("heldFor", 7_200_000), response(2).with("heldFor", 7_200_000))));
        }
    }

    @Test
    void theWholeClientCanBeFullBeforeAnyRouteIs() {
        List<Finding> findings = List.of();
        for (int tick = 1; tick <= 3; tick++) {
            findings = detector.evaluate(round(tick,
                    http(1, 5, 0).with("leased", 2).with("max", 2).with("pending", 4),
                    response(1), response(2).with("route", "other:443")));
        }
        assertEquals("http:payments: exhausted, 2 of 2 leased, 4 pending; connections are waiting for the other side",
                only(findings).summary());
    }

    @Test
    void unboundedClientsCannotBeExhausted() {
        for (int tick = 1; tick <= 5; tick++) {
            assertEquals(List.of(), detector.evaluate(round(tick,
                    http(50, -1, 5).with("routeMax", -1).with("max", -1), response(1))));
        }
    }

    @Test
    void aFreeConnectionAndALateRoundStartAgain() {
        detector.evaluate(round(1, http(2, 2, 5), response(1), response(2)));
        detector.evaluate(round(2, http(2, 2, 5), response(1), response(2)));
        detector.evaluate(round(3, http(1, 2, 0), response(1)));
        detector.evaluate(round(4, http(2, 2, 5), response(1), response(2)));
        detector.evaluate(round(5, http(2, 2, 5), response(1), response(2)));
        assertEquals(List.of(), detector.evaluate(lateRound(6, http(2, 2, 5), response(1), response(2))));
    }
}
