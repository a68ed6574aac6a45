package io.jvmmedic.core.instrument;

import java.util.List;

/** What became of each integration: for {@code status}, so that nobody has to guess why a pool is not watched. */
public record InstallReport(List<Row> rows) {

    /** Whether hooks are in a class. */
    public enum State {
        /** The hooks are in. */
        APPLIED,
        /** They are not; the reason says why. Nothing of that library in that class loader is woven. */
        NOT_APPLIED,
        /** The host has not loaded such a class yet. */
        NOT_SEEN
    }

    /**
     * One class in one class loader.
     *
     * @param loader class and identity of the loader; empty when not seen
     * @param reason a sentence; empty unless {@link State#NOT_APPLIED}
     */
    public record Row(String integration, String type, String loader, State state, String reason) {
    }

    public InstallReport {
        rows = List.copyOf(rows);
    }

    /** Whether any class of this integration is woven. */
    public boolean applied(String integration) {
        return rows.stream().anyMatch(row -> row.integration().equals(integration) && row.state() == State.APPLIED);
    }

    /** What a user should know: the rows that could not be applied. */
    public List<Row> problems() {
        return rows.stream().filter(row -> row.state() == State.NOT_APPLIED).toList();
    }
}
