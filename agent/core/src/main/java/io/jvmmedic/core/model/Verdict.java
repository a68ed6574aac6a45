package io.jvmmedic.core.model;

/**
 * What the policy said of a plan.
 *
 * @param gate the gate that stopped it; empty when allowed
 * @param reason one sentence
 */
public record Verdict(Decision decision, String gate, String reason) {

    /** The three answers. */
    public enum Decision {
        ALLOWED,
        /** Not done and not scored: it must not be done now. */
        REFUSED,
        /** Not done because the mode or the confidence does not reach; scored later, so that a user can promote it. */
        SHADOWED
    }

    public static Verdict allowed() {
        return new Verdict(Decision.ALLOWED, "", "all gates passed");
    }

    public boolean isAllowed() {
        return decision == Decision.ALLOWED;
    }
}
