package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Round;
import java.util.List;
import java.util.Set;

/**
 * Turns signals into findings. Keeps its own short history; sees nothing but rounds, so a recording replays to the same
 * findings. Single-threaded.
 */
public interface Detector {

    /** {@code leaked-connection}. */
    String name();

    /** Signal types without which it can say nothing; shown in the status. */
    Set<String> needs();

    /**
     * All findings that are true in this round, resource by resource.
     *
     * @param round rounds come in order; some may be missing
     */
    List<Finding> evaluate(Round round);
}
