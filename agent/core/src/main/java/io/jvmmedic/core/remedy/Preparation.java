package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Plan;

/** What came of asking a remedy. */
public sealed interface Preparation {

    /**
     * It cannot be done here: a lever is absent, a cap is reached, the borrower came back.
     *
     * @param reason one sentence, resource first
     */
    record Impossible(String reason) implements Preparation {
    }

    /** It could be done: what, and how. */
    record Ready(Plan plan, Action action) implements Preparation {
    }
}
