package io.jvmmedic.core.diagnose;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosticianTest {

    private final Diagnostician diagnostician = new Diagnostician();

    @Test
    void noFindingsNoDiagnosis() {
        assertEquals(List.of(), diagnostician.diagnose(List.of(), round(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECTION_LEAK, POOL_EXHAUSTION",
        "NESTED_BORROW, POOL_EXHAUSTION",
        "EXECUTOR_SELF_STARVATION, EXECUTOR_STALLED",
        "EXECUTOR_BACKLOG, EXECUTOR_SATURATED",
        "HTTP_LEAK, HTTP_POOL_EXHAUSTION"})
    void theSpecificFaultExplainsTheOther(Fault specific, Fault general) {
        Finding why = finding(specific, POOL, Confidence.SUSPECTED, Map.of());
        Finding what = finding(general, POOL, Confidence.SUSPECTED, Map.of("active", 10L, "size", 10L, "leased", 10L));
        Diagnosis diagnosis = one(diagnostician.diagnose(List.of(what, why), round(1)));
        assertEquals(why, diagnosis.primary());
        assertEquals(List.of(what), diagnosis.others());
    }

    @Test
    void theSurerFindingComesFirstWhateverItsKind() {
        Finding hint = finding(Fault.CONNECTION_LEAK, POOL, Confidence.HINT, Map.of());
        Finding exhausted = finding(Fault.POOL_EXHAUSTION, POOL, Confidence.SUSPECTED, Map.of("active", 10L));
        assertEquals(exhausted, one(diagnostician.diagnose(List.of(hint, exhausted), round(1))).primary());
    }

    @Test
    void provenAndSuspectedLeaksOfOnePoolAreOneDiagnosis() {
        Finding proven = finding(Fault.CONNECTION_LEAK, POOL, Confidence.CERTAIN, Map.of());
        Finding suspected = finding(Fault.CONNECTION_LEAK, POOL, Confidence.SUSPECTED, Map.of());
        Diagnosis diagnosis = one(diagnostician.diagnose(List.of(suspected, proven), round(1)));
        assertEquals(proven, diagnosis.primary());
        assertEquals(List.of(suspected), diagnosis.others());
    }

    @Test
    void anExecutorWhoseWorkersWaitForAnExhaustedPoolIsItsVictim() {
        List<Diagnosis> diagnoses = diagnostician.diagnose(List.of(stalled(4), exhausted()), workersWaitingForPool(3, 4));
        Finding pool = diagnoses.get(0).primary();
        assertEquals(POOL, pool.resource().toString());
        assertEquals(Confidence.SUSPECTED, pool.confidence());
        assertEquals("37 threads waiting; executor:reports (3 of 4 workers wait for it)", pool.victims());
        Finding executor = diagnoses.get(1).primary();
        assertEquals(Confidence.HINT, executor.confidence());
        assertEquals("3 of 4 workers wait for pool:orders: somebody at OrderService.save:88", executor.cause());
        assertEquals("executor:reports: victim of pool:orders, 3 of 4 workers wait for pool:orders",
                executor.evidence().facts().get(0));
        assertTrue(diagnoses.get(1).waitForGraph().contains("reports-1 waits for pool:orders"),
                diagnoses.get(1).waitForGraph());
    }

    @Test
    void aFewWaitingWorkersDoNotMakeAVictim() {
        List<Diagnosis> diagnoses = diagnostician.diagnose(List.of(stalled(8), exhausted()), workersWaitingForPool(3, 8));
        assertTrue(diagnoses.stream().allMatch(one -> one.primary().confidence() == Confidence.SUSPECTED),
                diagnoses.toString());
    }

    @Test
    void aProofIsNeverAVictim() {
        Finding starved = finding(Fault.EXECUTOR_SELF_STARVATION, EXECUTOR, Confidence.CERTAIN, Map.of("size", 4L));
        List<Diagnosis> diagnoses = diagnostician.diagnose(List.of(exhausted(), starved), workersWaitingForPool(4, 4));
        assertEquals(starved, diagnoses.get(0).primary());
    }

    @Test
    void aHintIsNobodysCause() {
        Finding hint = finding(Fault.POOL_EXHAUSTION, POOL, Confidence.HINT, Map.of("active", 1L));
        List<Diagnosis> diagnoses = diagnostician.diagnose(List.of(stalled(4), hint), workersWaitingForPool(4, 4));
        assertEquals(Confidence.SUSPECTED, diagnoses.get(0).primary().confidence());
        assertEquals(EXECUTOR, diagnoses.get(0).resource().toString());
    }

    @Test
    void aPoolWhoseHoldersAreDeadlockedIsAVictimOfTheLock() {
        Round round = round(1,
                held(POOL, 1).with("threadId", "A".hashCode()), held(POOL, 2).with("threadId", "B".hashCode()),
                deadlocked("ab", 0, "A", "Account@2", "B"), deadlocked("ab", 1, "B", "Account@1", "A"));
        Finding deadlock = finding(Fault.LOCK_DEADLOCK, "lock:cycle-ab", Confidence.CERTAIN, Map.of());
        Finding exhausted = finding(Fault.POOL_EXHAUSTION, POOL, Confidence.SUSPECTED, Map.of("active", 2L));
        List<Diagnosis> diagnoses = diagnostician.diagnose(List.of(exhausted, deadlock), round);
        assertEquals(Fault.LOCK_DEADLOCK, diagnoses.get(0).primary().fault());
        assertEquals("2 of 2 holders wait for lock:cycle-ab: somebody at OrderService.save:88",
                diagnoses.get(1).primary().cause());
    }

    @Test
    void twoThatWaitForEachOtherAreNotEachOthersVictims() {
        Round round = round(1, held(POOL, 1), waiter("pool:audit", 101, 500),
                held("pool:audit", 2), waiter(POOL, 102, 500));
        Finding one = finding(Fault.POOL_EXHAUSTION, POOL, Confidence.SUSPECTED, Map.of("active", 1L));
        Finding other = finding(Fault.POOL_EXHAUSTION, "pool:audit", Confidence.SUSPECTED, Map.of("active", 1L));
        List<Diagnosis> diagnoses = diagnostician.diagnose(List.of(one, other), round);
        assertEquals(List.of(other, one), diagnoses.stream().map(Diagnosis::primary).toList());
    }

    private static Round workersWaitingForPool(int waiting, int size) {
        List<Signal.Builder> rows = new ArrayList<>(List.of(pool(POOL, 1, 1, 37), held(POOL, 1), executor(size, size, 9, 1)));
        for (int i = 1; i <= size; i++) {
            rows.add(blocked(i, "SynchronousQueue@" + i, -1));
            if (i <= waiting) {
                rows.add(waiter(POOL, i, 5_000).with("thread", "reports-" + i));
            }
        }
        return round(1, false, rows);
    }

    private static Finding stalled(long size) {
        return finding(Fault.EXECUTOR_STALLED, EXECUTOR, Confidence.SUSPECTED, Map.of("size", size));
    }

    private static Finding exhausted() {
        return finding(Fault.POOL_EXHAUSTION, POOL, Confidence.SUSPECTED, Map.of("active", 1L));
    }

    private static Finding finding(Fault fault, String resource, Confidence confidence, Map<String, Long> measures) {
        return new Finding("some-detector", fault, ResourceId.parse(resource), confidence, resource + ": " + fault,
                "somebody at OrderService.save:88", "37 threads waiting", "Fix it.",
                new Evidence("seen", List.of(), List.of(), List.of(), measures));
    }

    private static Diagnosis one(List<Diagnosis> diagnoses) {
        assertEquals(1, diagnoses.size());
        return diagnoses.get(0);
    }
}
