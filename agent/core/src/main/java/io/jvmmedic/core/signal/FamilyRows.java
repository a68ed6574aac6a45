package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.resource.ThreadView.Family;
import io.jvmmedic.core.util.AppFrames;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of the large families of threads, the largest first; a stack only of one that has grown. */
final class FamilyRows {

    private static final int MAX_ROWS = 20;

    private record Known(int alive, String site) {
    }

    private Map<String, Known> before = Map.of();

    List<Signal> of(ThreadView threads, long tick, long now) {
        Map<String, Known> known = new HashMap<>();
        List<Signal> rows = threads.families().stream().sorted(Comparator.comparingInt(Family::alive).reversed())
                .limit(MAX_ROWS).map(family -> {
                    String site = site(family);
                    known.put(family.name(), new Known(family.alive(), site));
                    return Signal.of(Signal.THREAD_FAMILY, now).with("tick", tick)
                            .with("resource", new ResourceId(ResourceId.Kind.JVM, "threads " + family.name()))
                            .with("family", family.name()).with("alive", family.alive()).with("ended", family.ended())
                            .with("executors", family.executors())
                            .with("executor", family.executor() == null ? "" : family.executor().toString())
                            .with("site", site).build();
                }).toList();
        before = known;
        return rows;
    }

    private String site(Family family) {
        Known known = before.get(family.name());
        if (known != null && family.alive() <= known.alive()) {
            return known.site();
        }
        String site = AppFrames.top(family.youngest().getStackTrace());
        return site.isEmpty() && known != null ? known.site() : site;
    }
}
