package io.jvmmedic.core.treatment;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.remedy.Remedy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One fault on one resource while it lasts: what is believed, what was tried, what is under way. Owned by the engine
 * thread.
 */
final class Case {

    /** What makes two findings the same case. */
    record Key(ResourceId resource, Fault fault) {
    }

    final Key key;
    final String incident;
    final long openedAt;
    final long openedMillis;
    Diagnosis diagnosis;
    long seenAt;
    /** Rounds taken before this moment show the state before the last act and say nothing about it. */
    long blindUntilMillis;
    /** When the ladder may be climbed again from its first rung. */
    long restUntil;
    /** Evidence still to be taken; {@code null} before the first attempt. */
    List<Remedy> evidenceDue;
    boolean givenUp;
    /** Remedies whose claim came true. */
    final Set<String> healedBy = new LinkedHashSet<>();
    /** Read by the witness of a shadowed plan, on the engine thread too. */
    boolean over;
    /** Remedies that were only planned. */
    final Set<String> shadowed = new HashSet<>();
    /** What was found since, and explains it; {@code null} while it is the explanation itself. */
    Case explanation;
    Treatment treatment;
    /** Name of the treatment's remedy and its recorded begin, for the duration event. */
    Object recording;
    private final Map<String, String> said = new HashMap<>();

    Case(Key key, String incident, Diagnosis diagnosis, long now, long nowMillis) {
        this.key = key;
        this.incident = incident;
        this.diagnosis = diagnosis;
        this.openedAt = now;
        this.openedMillis = nowMillis;
        this.seenAt = now;
    }

    boolean isHealed() {
        return !healedBy.isEmpty();
    }

    /** How it ended, in words. */
    String end() {
        return isHealed() ? "healed" : explanation != null ? explained() : "gone by itself";
    }

    private String explained() {
        return "explained by " + explanation.key.fault() + " of incident " + explanation.incident;
    }

    /** What is to be thought of a plan that was only shadowed, now that the fault is gone. */
    ShadowBook.Judgement afterthought(String remedy) {
        if (healedBy.contains(remedy)) {
            return new ShadowBook.Judgement(ShadowBook.Score.RIGHT, "the proof came later, and it healed the fault");
        }
        if (explanation != null) {
            return new ShadowBook.Judgement(ShadowBook.Score.UNKNOWN, "the fault was " + explained());
        }
        return isHealed() ? new ShadowBook.Judgement(ShadowBook.Score.UNKNOWN, "the fault was healed by " + healedBy)
                : new ShadowBook.Judgement(ShadowBook.Score.WRONG, "the fault went away by itself");
    }

    /** True when this answer to this remedy has not been given just before: a refusal is recorded once, not each second. */
    boolean isNews(String remedy, String answer) {
        return !answer.equals(said.put(remedy, answer));
    }
}
