package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordSignatureTest {

    private static final ResourceId CYCLE = new ResourceId(ResourceId.Kind.LOCK, "cycle-1");

    /** Never asked: what is prepared only has been looked at. */
    private final RecordSignature remedy = new RecordSignature(null);

    private Preparation prepare(Confidence confidence, List<Long> threads, Map<String, Long> measures) {
        Finding finding = new Finding("lock-deadlock", Fault.LOCK_DEADLOCK, CYCLE, confidence, "deadlock", "", "", "",
                new Evidence("seen twice", List.of(), List.of(), threads, measures));
        return remedy.prepare(new Diagnosis(CYCLE, finding, List.of(), ""));
    }

    @Test
    void threadsThatTookLocksInDifferentOrdersLeaveOne() {
        assertInstanceOf(Preparation.Ready.class, prepare(Confidence.CERTAIN, List.of(1L, 2L), Map.of("tasks", 0L, "joins", 0L)));
    }

    @Test
    void whatNoOrderOfLocksWouldPreventLeavesNone() {
        assertInstanceOf(Preparation.Impossible.class,
                prepare(Confidence.SUSPECTED, List.of(1L, 2L), Map.of("tasks", 0L, "joins", 0L)));
        assertInstanceOf(Preparation.Impossible.class,
                prepare(Confidence.CERTAIN, List.of(1L, 2L), Map.of("tasks", 1L, "joins", 0L)));
        assertInstanceOf(Preparation.Impossible.class, prepare(Confidence.CERTAIN, List.of(1L), Map.of("tasks", 0L, "joins", 0L)),
                "an upgrade of a read lock");
        assertInstanceOf(Preparation.Impossible.class,
                prepare(Confidence.CERTAIN, List.of(-31L, 2L), Map.of("tasks", 0L, "joins", 0L)), "a virtual thread");
    }
}
