package io.jvmmedic.core.model;

import java.util.List;

/**
 * All findings on one resource folded into one: the primary finding explains the others.
 *
 * @param primary the finding to treat; the surest, and among equals the most specific
 * @param others findings it explains
 * @param waitForGraph who waits for what, held by whom, one edge a line; empty if nothing waits
 */
public record Diagnosis(ResourceId resource, Finding primary, List<Finding> others, String waitForGraph) {

    public Diagnosis {
        others = List.copyOf(others);
    }
}
