package io.jvmmedic.core.detect;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.util.Phrases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds code in which virtual threads wait without letting go of their carrier, again and again, and says where. The JDK
 * tells of each such wait when it is over. {@code SUSPECTED}: {@value #MANY} of them within {@value #WINDOW} rounds while
 * virtual threads stood ready and every carrier was taken in half of the rounds; without anybody who suffers, {@code HINT}.
 */
public final class PinningDetector implements Detector {

    private static final int WINDOW = 10;
    private static final int MANY = 5;

    /** @param full whether virtual threads were ready and no carrier free */
    private record Look(boolean full, List<Signal> pinned) {
    }

    private final History<String, List<Look>> looks = History.unbroken();

    public PinningDetector(MedicConfig config) {
        // Nothing to configure. The parameter keeps all detectors alike.
    }

    @Override
    public String name() {
        return "virtual-thread-pinning";
    }

    @Override
    public Set<String> needs() {
        return Set.of(Signal.EXECUTOR);
    }

    @Override
    public List<Finding> evaluate(Round round) {
        looks.open(round);
        List<Finding> findings = new ArrayList<>();
        for (Signal sample : round.of(Signal.EXECUTOR)) {
            if (!sample.text("library").equals(ExecutorHandle.CARRIERS)) {
                continue;
            }
            String resource = sample.text("resource");
            ExecutorView carriers = new ExecutorView(sample, List.of());
            List<Look> now = Growth.with(looks.get(resource), new Look(carriers.isFull(), round.of(Signal.PINNED)), WINDOW);
            looks.put(resource, now);
            List<Signal> pinned = now.stream().flatMap(look -> look.pinned().stream()).toList();
            if (pinned.size() >= MANY) {
                findings.add(finding(carriers, pinned, now.stream().filter(Look::full).count()));
            }
        }
        return findings;
    }

    private Finding finding(ExecutorView carriers, List<Signal> pinned, long full) {
        String resource = carriers.resource();
        long longest = pinned.stream().mapToLong(row -> row.number("duration")).max().orElse(0);
        return new Finding(name(), Fault.VIRTUAL_THREAD_PINNING, ResourceId.parse(resource),
                full * 2 >= WINDOW ? Confidence.SUSPECTED : Confidence.HINT,
                resource + ": virtual threads kept their carrier while they waited, " + pinned.size()
                        + " times lately, for up to " + Phrases.duration(longest),
                "pinned: " + Rows.bySite(pinned, Rows::site),
                full == 0 ? "" : "virtual threads that were ready and found no carrier in " + Phrases.count(full, "round"),
                "Do not wait inside a static initialiser, a native call or, before Java 24, a synchronized block.",
                new Evidence("the JDK told of " + pinned.size() + " such waits within " + Phrases.count(WINDOW, "round"),
                        Rows.facts(resource, pinned.stream().map(row -> Phrases.duration(row.number("duration"))
                                + " at " + Phrases.site(Rows.site(row))).toList()),
                        List.of(), List.of(), Map.of("pinned", (long) pinned.size(), "longestMillis", longest,
                                "fullRounds", full)));
    }
}
