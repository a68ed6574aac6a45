package io.jvmmedic.core.policy;

import static io.jvmmedic.core.policy.TreatmentState.APPLYING;
import static io.jvmmedic.core.policy.TreatmentState.CONFIRMED;
import static io.jvmmedic.core.policy.TreatmentState.FAILED;
import static io.jvmmedic.core.policy.TreatmentState.GIVEN_UP;
import static io.jvmmedic.core.policy.TreatmentState.HEALED;
import static io.jvmmedic.core.policy.TreatmentState.INEFFECTIVE;
import static io.jvmmedic.core.policy.TreatmentState.PLANNED;
import static io.jvmmedic.core.policy.TreatmentState.REFUSED;
import static io.jvmmedic.core.policy.TreatmentState.RETRACTED;
import static io.jvmmedic.core.policy.TreatmentState.SCORED;
import static io.jvmmedic.core.policy.TreatmentState.SHADOWED;
import static io.jvmmedic.core.policy.TreatmentState.STUCK;
import static io.jvmmedic.core.policy.TreatmentState.SUSPECTED;
import static io.jvmmedic.core.policy.TreatmentState.UNDONE;
import static io.jvmmedic.core.policy.TreatmentState.VERIFYING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TreatmentStateTest {

    private static final Set<List<TreatmentState>> LEGAL = Set.of(
            List.of(SUSPECTED, CONFIRMED), List.of(CONFIRMED, PLANNED),
            List.of(PLANNED, REFUSED), List.of(PLANNED, SHADOWED), List.of(SHADOWED, SCORED),
            List.of(PLANNED, APPLYING), List.of(APPLYING, VERIFYING), List.of(VERIFYING, HEALED), List.of(HEALED, UNDONE),
            List.of(APPLYING, FAILED), List.of(APPLYING, STUCK),
            List.of(VERIFYING, INEFFECTIVE), List.of(INEFFECTIVE, PLANNED), List.of(INEFFECTIVE, GIVEN_UP),
            List.of(SUSPECTED, RETRACTED), List.of(CONFIRMED, RETRACTED), List.of(PLANNED, RETRACTED));

    @Test
    void exactlyTheTransitionsOfTheDesignAreLegal() {
        for (TreatmentState from : TreatmentState.values()) {
            for (TreatmentState to : TreatmentState.values()) {
                if (LEGAL.contains(List.of(from, to))) {
                    assertSame(to, from.to(to));
                } else {
                    String message = assertThrows(IllegalStateException.class, () -> from.to(to)).getMessage();
                    assertEquals("a treatment cannot go from " + from + " to " + to, message);
                }
            }
        }
    }
}
