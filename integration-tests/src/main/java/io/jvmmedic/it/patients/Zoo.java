package io.jvmmedic.it.patients;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;

/** Healthy look-alikes under one roof: each is watched until it has done what it came for, undisturbed. */
final class Zoo {

    /** Something that looks ill and is not. */
    @FunctionalInterface
    interface Animal {
        void live() throws Exception;
    }

    private final Set<String> busy = new ConcurrentSkipListSet<>();
    private final Map<String, String> ends = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> disturbances = new ConcurrentLinkedQueue<>();

    /** Lets it live on an own thread until it returns. */
    void keep(String name, Animal animal) {
        busy.add(name);
        Patient.daemon(name, () -> {
            try {
                animal.live();
                ends.put(name, "well");
            } catch (Exception e) {
                ends.put(name, "disturbed");
                disturbances.add(name + ":" + e);
            } finally {
                busy.remove(name);
            }
        });
    }

    /** {@code busy=<n> animals=<n> disturbed=<text>}, and who is still busy. */
    String status() {
        return "busy=" + busy.size() + " animals=" + ends.size() + " disturbed=" + disturbances + " still=" + busy;
    }
}
