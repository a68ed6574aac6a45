package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.immunity.GateWeaver.Job;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A signature in force: its gate, and what became of its places. Thread-safe. */
final class Guarded {

    /** Places in a cycle; the word of a gate has no room for the numbers of more. */
    static final int MAX_PLACES = 6;

    /**
     * Code to be woven.
     *
     * @param place where; for a synchronized method that is reached by its callers, the call
     */
    record Target(Guarded guarded, Position position, Place place, Job job) {

        boolean isCaller() {
            return job.kind() != position.kind();
        }
    }

    private final Signature signature;
    private final Gate gate;
    private final List<Target> targets = new ArrayList<>();
    /** Places by key; true once a class with it was woven. */
    private final Map<String, Boolean> woven = new LinkedHashMap<>();
    private final Map<String, Callee> byCallers = new ConcurrentHashMap<>();
    private volatile String refusal = "";

    /** @throws IllegalArgumentException with a sentence when it cannot be guarded */
    Guarded(Signature signature, GateHouse house, long limitNanos, LockOwners owners) {
        this.signature = signature;
        Map<String, List<Position>> places = signature.places();
        if (places.size() > MAX_PLACES) {
            throw new IllegalArgumentException("it has " + places.size() + " different places, and a gate has at most "
                    + MAX_PLACES);
        }
        this.gate = new Gate(signature.threads(), limitNanos, owners);
        int number = house.add(gate);
        if (number < 0) {
            throw new IllegalArgumentException("there are " + GateHouse.MAX_GATES + " gates already");
        }
        int index = 0;
        for (Map.Entry<String, List<Position>> each : places.entrySet()) {
            int site = house.site(number, index++);
            woven.put(each.getKey(), false);
            Position first = each.getValue().get(0);
            add(first, first.kind(), first.place(), site);
            each.getValue().stream().flatMap(position -> position.caller().stream()).distinct()
                    .forEach(caller -> add(first, Kind.CALL, caller, site));
        }
    }

    private void add(Position position, Kind kind, Place place, int site) {
        targets.add(new Target(this, position, place,
                new Job(kind, place.method(), place.descriptor(), place.index(), site)));
    }

    Signature signature() {
        return signature;
    }

    Gate gate() {
        return gate;
    }

    List<Target> targets() {
        return targets;
    }

    /** The class of a synchronized method is loaded already: from now on it is reached by its callers. */
    void reachByCallers(Callee callee) {
        byCallers.put(callee.target().position().key(), callee);
    }

    boolean isReachedByCallers(Position position) {
        return byCallers.containsKey(position.key());
    }

    /** How a synchronized method is reached by its callers; {@code null} when it is not. */
    Callee callee(Position position) {
        return byCallers.get(position.key());
    }

    /** Its synchronized methods that are reached by their callers. */
    Collection<Callee> callees() {
        return byCallers.values();
    }

    synchronized void woven(Position position) {
        woven.put(position.key(), true);
    }

    /** One position that cannot be guarded makes the others useless: the gate opens for good. */
    synchronized boolean refuse(String why) {
        if (!refusal.isEmpty()) {
            return false;
        }
        refusal = why;
        gate.open();
        return true;
    }

    /** Why it is not in force; empty while it is. */
    String refusal() {
        return refusal;
    }

    /** Whether all of its places were found. */
    synchronized boolean isComplete() {
        return woven.values().stream().allMatch(found -> found);
    }

    /** The places that were not found yet, as text. */
    synchronized List<String> missing() {
        List<String> missing = new ArrayList<>();
        signature.places().forEach((key, positions) -> {
            if (!woven.get(key)) {
                missing.add(positions.get(0).text());
            }
        });
        return missing;
    }
}
