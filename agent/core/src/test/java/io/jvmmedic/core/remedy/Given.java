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

/** Diagnoses and answers, written short. */
final class Given {

    private Given() {
    }

    static Diagnosis diagnosis(Fault fault, ResourceId resource, Confidence confidence, List<Long> leases,
            List<Long> threads, Map<String, Long> measures) {
        Finding finding = new Finding("test", fault, resource, confidence, resource + ": broken", "cause", "victims",
                "advice", new Evidence("the test says so", List.of(resource + ": a fact"), leases, threads, measures));
        return new Diagnosis(resource, finding, List.of(), "");
    }

    static Preparation.Ready ready(Preparation preparation) {
        return assertInstanceOf(Preparation.Ready.class, preparation);
    }

    /** The reason. */
    static String impossible(Preparation preparation) {
        return assertInstanceOf(Preparation.Impossible.class, preparation).reason();
    }
}
