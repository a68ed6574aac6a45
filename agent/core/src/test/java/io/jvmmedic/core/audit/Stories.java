package io.jvmmedic.core.audit;

import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Diagnoses and plans for the tests of this package; they hold secrets, none of which may reach a file. */
final class Stories {

    static final ResourceId POOL = new ResourceId(ResourceId.Kind.POOL, "orders");
    static final String SECRET = "hunter2";
    static final Plan RECLAIM = plan("reclaim-leaked-connection", Risk.FORCEFUL);
    static final Plan RESTART = plan("graceful-restart", Risk.DRASTIC);
    static final Diagnosis LEAK = diagnosis(POOL, Confidence.CERTAIN);

    private Stories() {
    }

    static Plan plan(String remedy, Risk risk) {
        return new Plan(POOL, remedy, risk, Confidence.CERTAIN, "the handle of lease 7 is unreachable, password=" + SECRET,
                new Claim("active falls from 10 to at most 9 within 5 s", Duration.ofSeconds(5)), "nothing to give back");
    }

    static Diagnosis diagnosis(ResourceId resource, Confidence confidence) {
        Evidence evidence = new Evidence("the handle of lease 7 is unreachable while its slot is out",
                List.of(resource + ": lease 7 at jdbc:postgresql://app:" + SECRET + "@db/orders?password=" + SECRET,
                        resource + ": last ran select * from users where pin='" + SECRET + "'"),
                List.of(7L), List.of(42L), Map.of("max", 10L, "active", 10L));
        Finding primary = new Finding("leaked-connection", Fault.CONNECTION_LEAK, resource, confidence,
                resource + ": 1 connection leaked", "OrderService.save:88 borrowed it", "4 waiters",
                "close the connection in a finally block", evidence);
        Finding other = new Finding("pool-exhaustion", Fault.POOL_EXHAUSTION, resource, Confidence.SUSPECTED,
                resource + ": 10 of 10 slots out", "", "", "", Evidence.of("4 waiters for 3 s"));
        return new Diagnosis(resource, primary, List.of(other), "http-1 waits for " + resource + "\nheld by nobody");
    }
}
