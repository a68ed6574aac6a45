package io.jvmmedic.core.control;

/**
 * One incident in a line.
 *
 * @param state {@code open} or {@code closed}
 * @param remedy the last one planned; empty for none
 * @param result what came of it: an outcome, {@code REFUSED}, {@code SHADOWED}, or empty
 * @param openedMillis ms since the epoch
 * @param lastedMillis until now or until the fault was gone
 */
public record IncidentView(
        String id, String resource, String fault, String confidence, String summary, String state, String remedy,
        String result, long openedMillis, long lastedMillis) {
}
