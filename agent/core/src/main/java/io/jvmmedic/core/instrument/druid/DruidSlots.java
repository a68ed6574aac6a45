package io.jvmmedic.core.instrument.druid;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which holder belongs to which physical connection, both held weakly: from a connection Druid itself finds no way to its
 * holder. Changes as rarely as physical connections come and go. Thread-safe.
 */
final class DruidSlots {

    private record Slot(WeakReference<Object> connection, WeakReference<Object> holder) {
    }

    private final List<Slot> slots = new CopyOnWriteArrayList<>();

    synchronized void add(Object connection, Object holder) {
        if (!knows(connection)) {
            slots.removeIf(slot -> slot.connection().refersTo(null));
            slots.add(new Slot(new WeakReference<>(connection), new WeakReference<>(holder)));
        }
    }

    boolean knows(Object connection) {
        return slots.stream().anyMatch(slot -> slot.connection().refersTo(connection));
    }

    /** {@code null} when it is collected, together with the handle that alone led to it, or was never known. */
    Object holderOf(Object connection) {
        for (Slot slot : slots) {
            if (slot.connection().refersTo(connection)) {
                return slot.holder().get();
            }
        }
        return null;
    }

    List<Object> connections() {
        List<Object> found = new ArrayList<>();
        for (Slot slot : slots) {
            Object connection = slot.connection().get();
            if (connection != null) {
                found.add(connection);
            }
        }
        return found;
    }
}
