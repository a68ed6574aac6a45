package io.jvmmedic.core.signal;

import io.jvmmedic.core.util.AppFrames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which code a task is, told from its application frames. A wrapper, a dispatcher of coroutines or a framework that is not
 * known by name is the outermost frame of all that it runs; what takes a moment and what is meant to go on for ever would be
 * of one kind. A frame that at one and the same line was seen to call different methods hands work on, and the task is what
 * it calls.
 */
final class TaskEntries {

    private static final int MAX_LINES = 1_000;
    /** Called by a line that hands work on. */
    private static final String SEVERAL = "";

    /** The method called, by the line that called it; the one not met for longest makes room. */
    private final Map<String, String> called = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_LINES;
        }
    };

    /** @param path frames as text, the outermost first */
    void learn(List<String> path) {
        for (int i = 0; i + 1 < path.size(); i++) {
            String next = AppFrames.method(path.get(i + 1));
            String before = called.putIfAbsent(path.get(i), next);
            if (before == null || before.equals(next)) {
                return;
            }
            called.put(path.get(i), SEVERAL);
        }
    }

    /** The method where the task of such a path begins. */
    String entry(List<String> path) {
        int first = 0;
        while (first + 1 < path.size() && SEVERAL.equals(called.get(path.get(first)))) {
            first++;
        }
        return AppFrames.method(path.get(first));
    }
}
