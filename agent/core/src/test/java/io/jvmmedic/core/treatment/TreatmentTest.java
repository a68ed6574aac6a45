package io.jvmmedic.core.treatment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.policy.TreatmentState;
import io.jvmmedic.core.remedy.Action;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TreatmentTest {

    /** Each look falls somewhere else into an act that takes no time. */
    private static final int ACTS = 2_000;

    private final Action atOnce = new Action() {
        @Override
        public Optional<String> noLongerNeeded() {
            return Optional.empty();
        }

        @Override
        public String observe() {
            return "";
        }

        @Override
        public void apply() {
            // Done.
        }

        @Override
        public boolean claimHolds() {
            return true;
        }
    };
    private final Plan plan = new Plan(ResourceId.parse("pool:orders"), "remedy", Risk.GENTLE, Confidence.CERTAIN, "proof",
            new Claim("it is done", Duration.ofMinutes(1)), "none");

    @Test
    void anActThatBeginsAndEndsDuringOneLookIsVerified() {
        for (int i = 0; i < ACTS; i++) {
            Treatment treatment = new Treatment(plan, atOnce, Duration.ofMinutes(1), Clock.SYSTEM);
            while (treatment.state() != TreatmentState.VERIFYING) {
                assertEquals(Optional.empty(), treatment.step());
            }
        }
    }
}
