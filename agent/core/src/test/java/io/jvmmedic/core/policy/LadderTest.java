package io.jvmmedic.core.policy;

import static io.jvmmedic.core.policy.Cases.POOL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LadderTest {

    private final Ladder ladder = new Ladder(Map.of(
            Fault.POOL_EXHAUSTION, List.of("soft-evict", "grow-pool", "graceful-restart"),
            Fault.CONNECTION_LEAK, List.of("reclaim-leaked-connection")));

    @Test
    void climbsOneRungAtATimeAndStaysOnTop() {
        assertEquals(Optional.of("soft-evict"), ladder.current(POOL, Fault.POOL_EXHAUSTION));
        assertEquals(Optional.of("grow-pool"), ladder.next(POOL, Fault.POOL_EXHAUSTION));
        assertEquals(Optional.of("grow-pool"), ladder.current(POOL, Fault.POOL_EXHAUSTION));
        assertEquals(Optional.of("graceful-restart"), ladder.next(POOL, Fault.POOL_EXHAUSTION));
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.empty(), ladder.next(POOL, Fault.POOL_EXHAUSTION));
            assertEquals(Optional.empty(), ladder.current(POOL, Fault.POOL_EXHAUSTION));
        }
    }

    @Test
    void aRemedyIsReachedWhenEverythingBeforeItWasLeft() {
        assertTrue(ladder.reached(POOL, Fault.POOL_EXHAUSTION, "soft-evict"));
        assertFalse(ladder.reached(POOL, Fault.POOL_EXHAUSTION, "graceful-restart"));
        ladder.next(POOL, Fault.POOL_EXHAUSTION);
        assertFalse(ladder.reached(POOL, Fault.POOL_EXHAUSTION, "graceful-restart"));
        ladder.next(POOL, Fault.POOL_EXHAUSTION);
        assertTrue(ladder.reached(POOL, Fault.POOL_EXHAUSTION, "graceful-restart"));
        assertFalse(ladder.reached(POOL, Fault.POOL_EXHAUSTION, "unknown-remedy"));
        assertFalse(ladder.reached(POOL, Fault.LOCK_DEADLOCK, "graceful-restart"));
    }

    @Test
    void incidentsClimbApartAndStartAtTheBottomAgain() {
        ResourceId other = new ResourceId(ResourceId.Kind.POOL, "billing");
        ladder.next(POOL, Fault.POOL_EXHAUSTION);
        assertEquals(Optional.of("soft-evict"), ladder.current(other, Fault.POOL_EXHAUSTION));
        assertEquals(Optional.of("reclaim-leaked-connection"), ladder.current(POOL, Fault.CONNECTION_LEAK));
        ladder.reset(POOL, Fault.POOL_EXHAUSTION);
        assertEquals(Optional.of("soft-evict"), ladder.current(POOL, Fault.POOL_EXHAUSTION));
    }

    @Test
    void aFaultWithoutRemediesIsOnlyReported() {
        assertEquals(Optional.empty(), ladder.current(POOL, Fault.EXECUTOR_STALLED));
        assertEquals(Optional.empty(), ladder.next(POOL, Fault.EXECUTOR_STALLED));
    }
}
