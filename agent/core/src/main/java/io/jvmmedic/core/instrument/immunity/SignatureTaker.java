package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.util.Phrases;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes the signatures of a deadlock out of its threads, which stand still. */
final class SignatureTaker {

    private final Function<Set<String>, Function<String, List<byte[]>>> classes;

    /** @param classes for some names, the class files of those that are loaded and can be woven, read when asked for */
    SignatureTaker(Function<Set<String>, Function<String, List<byte[]>>> classes) {
        this.classes = classes;
    }

    /**
     * Takes them: one, or more where the same place is in the cycle again between others.
     *
     * @param cycle each waits for a lock of the next, the last for one of the first
     * @throws IllegalStateException with a sentence when some acquisition cannot be told
     */
    List<Signature> take(List<StuckThread> cycle, Instant when) {
        if (cycle.size() < 2 || cycle.size() > Signature.MAX_THREADS) {
            throw new IllegalStateException("a cycle of " + Phrases.count(cycle.size(), "thread") + " leaves no signature");
        }
        String recorded = when.truncatedTo(ChronoUnit.SECONDS).toString();
        if (cycle.stream().anyMatch(thread -> thread.wanted().isEmpty())) {
            return List.of(new Signature(recorded, List.of(), initializing(cycle)));
        }
        Set<String> names = new HashSet<>();
        cycle.forEach(thread -> thread.stack().forEach(frame -> names.add(frame.getClassName())));
        Function<String, List<byte[]>> files = classes.apply(names);
        Map<String, List<MethodCode>> codes = new HashMap<>();
        Outermost outermost = new Outermost(name -> codes.computeIfAbsent(name, missing ->
                files.apply(missing).stream().flatMap(bytes -> MethodCode.of(bytes).stream()).toList()));
        List<Position> positions = new ArrayList<>();
        for (int i = 0; i < cycle.size(); i++) {
            StuckThread before = cycle.get((i + cycle.size() - 1) % cycle.size());
            Optional<Position> position = outermost.position(cycle.get(i), before);
            positions.add(position.orElseThrow(() -> new IllegalStateException("where " + Phrases.type(before.wanted())
                    + " was taken cannot be told from the stack of the thread that holds it")));
        }
        return Signature.of(recorded, positions);
    }

    /** Classes whose initializers stand on the stacks: the JVM knows of no lock then. */
    private static List<String> initializing(List<StuckThread> cycle) {
        List<String> types = cycle.stream().flatMap(thread -> thread.stack().stream())
                .filter(frame -> frame.getMethodName().equals("<clinit>")).map(StackTraceElement::getClassName)
                .distinct().toList();
        if (types.isEmpty()) {
            throw new IllegalStateException("a thread of the cycle waits for no lock, and no class is being initialized");
        }
        return types;
    }
}
