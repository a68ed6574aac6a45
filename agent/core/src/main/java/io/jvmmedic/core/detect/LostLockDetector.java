package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds locks of {@code java.util.concurrent} whose owner has ended without releasing them. Nobody else can: whoever waits
 * there without a limit waits for ever.
 *
 * <p>{@code CERTAIN} once two looks saw the same dead owner, {@code HINT} before.
 */
public final class LostLockDetector implements Detector {

    /** The locks are looked at according to what that costs, so in a big JVM not every round. */
    private static final int MAX_ROUNDS_APART = 60;

    private final History<String, String> owners = History.unbroken(MAX_ROUNDS_APART);

    public LostLockDetector(MedicConfig config) {
        // Nothing to configure: a thread that has ended has no threshold. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "lost-lock";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.THREAD_WAIT);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        owners.open(round);
        Map<String, List<Signal>> byLock = round.of(Signal.THREAD_WAIT).stream().filter(row -> row.flag("holderEnded"))
                .collect(Collectors.groupingBy(row -> row.text("waitsFor"), LinkedHashMap::new, Collectors.toList()));
        List<Finding> findings = new ArrayList<>();
        byLock.forEach((lock, waiters) -> {
            String owner = waiters.get(0).text("holderIds");
            findings.add(finding(lock, waiters, owner.equals(owners.get(lock)) ? Confidence.CERTAIN : Confidence.HINT));
            owners.put(lock, owner);
        });
        return findings;
    }

    private Finding finding(String lock, List<Signal> waiters, Confidence confidence) {
        ResourceId resource = new ResourceId(ResourceId.Kind.LOCK, Phrases.type(lock));
        String owner = waiters.get(0).text("holder");
        List<String> lines = waiters.stream().map(row -> row.text("thread") + " waits for it at "
                + Phrases.site(Rows.site(row)) + (row.flag("timed") ? ", with a limit" : "")).toList();
        return new Finding(name(), Fault.LOST_LOCK, resource, confidence,
                resource + ": lost, held by " + owner + ", which has ended; " + Phrases.count(waiters.size(), "thread")
                        + " waiting",
                owner + " ended without releasing " + Phrases.type(lock), Phrases.count(waiters.size(), "thread")
                        + " waiting: " + Rows.bySite(waiters, Rows::site),
                "Release the lock in a finally block, on the thread that took it.",
                new Evidence("the owner of the lock is a thread that has ended, and nobody else can release it"
                        + (confidence == Confidence.CERTAIN ? ", as a second look confirmed" : ""),
                        Rows.facts(resource.toString(), lines), List.of(),
                        Rows.threads(waiters.stream().map(row -> row.number("threadId"))),
                        Map.of("waiters", (long) waiters.size())));
    }
}
