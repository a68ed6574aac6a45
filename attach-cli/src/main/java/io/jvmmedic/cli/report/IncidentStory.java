package io.jvmmedic.cli.report;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** All steps of one incident, in order of time. */
record IncidentStory(String id, List<Step> steps) {

    IncidentStory {
        steps = steps.stream().sorted(Comparator.comparing(Step::at).thenComparing(Step::kind)).toList();
    }

    /** What became of it. */
    enum Result {
        REPAIRED, NOT_REPAIRED, UNKNOWN, NOTHING_DONE
    }

    String resource() {
        return steps.stream().map(Step::resource).filter(resource -> !resource.isEmpty()).findFirst().orElse("");
    }

    /** The class of fault; empty when the recording does not reach back to the finding. */
    String fault() {
        return last("fault");
    }

    String confidence() {
        return last("confidence");
    }

    /** The last finding; empty when the recording does not reach back to it. */
    Optional<Step> finding() {
        return of(Step.Kind.FOUND).reduce((first, second) -> second);
    }

    /** Repairs that were carried out; dumps are not among them. */
    List<Step> repairs() {
        return of(Step.Kind.ACTED).filter(step -> !step.isEvidence()).toList();
    }

    Result result() {
        if (repairs().stream().anyMatch(step -> step.field("outcome").equals("HEALED"))) {
            return Result.REPAIRED;
        }
        if (of(Step.Kind.BEGAN).anyMatch(step -> !step.isEvidence())) {
            return Result.UNKNOWN;
        }
        return repairs().isEmpty() ? Result.NOTHING_DONE : Result.NOT_REPAIRED;
    }

    /** What became of it, in one sentence. */
    String conclusion() {
        return switch (result()) {
            case REPAIRED -> {
                Step healed = repairs().stream().filter(step -> step.field("outcome").equals("HEALED")).findFirst().orElseThrow();
                Duration after = Duration.between(steps.get(0).at(), healed.at().plus(healed.lasted()));
                yield "Repaired by " + healed.remedy() + ", " + Times.duration(after) + " after it was found.";
            }
            case NOT_REPAIRED -> {
                Step last = repairs().get(repairs().size() - 1);
                yield "Not repaired: " + last.remedy() + " " + last.field("outcome") + ".";
            }
            case UNKNOWN -> "Unknown: the JVM ended, or the recording does, while "
                    + of(Step.Kind.BEGAN).reduce((first, second) -> second).orElseThrow().remedy() + " was at work.";
            case NOTHING_DONE -> "Nothing was done: " + whyNothing();
        };
    }

    private String whyNothing() {
        Optional<Step> reason = steps.stream()
                .filter(step -> step.kind() == Step.Kind.DECIDED && !step.field("verdict").equals("ALLOWED")
                        || step.kind() == Step.Kind.IMPOSSIBLE)
                .filter(step -> !step.isEvidence())
                .reduce((first, second) -> second);
        if (reason.isEmpty()) {
            return "no remedy was planned as far as this is recorded.";
        }
        Step step = reason.get();
        String gate = step.field("gate").isEmpty() ? "" : " by the gate '" + step.field("gate") + "'";
        String what = step.kind() == Step.Kind.DECIDED
                ? step.remedy() + " was " + step.field("verdict").toLowerCase(Locale.ROOT) + gate + ", "
                : step.remedy().isEmpty() ? "" : step.remedy() + " was impossible, ";
        return Times.sentence(what + step.field("reason"));
    }

    private Stream<Step> of(Step.Kind kind) {
        return steps.stream().filter(step -> step.kind() == kind);
    }

    private String last(String field) {
        return of(Step.Kind.FOUND).map(step -> step.field(field)).filter(value -> !value.isEmpty())
                .reduce((first, second) -> second)
                .orElseGet(() -> steps.stream().map(step -> step.field(field)).filter(value -> !value.isEmpty())
                        .findFirst().orElse(""));
    }
}
