package io.jvmmedic.core.instrument.vibur;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Through which handler each entry was borrowed last. Vibur forgets both as it gives them out, and only the handler knows
 * whether the borrower has closed already: a slot that is freed twice would be one too many for ever.
 */
final class Handlers {

    /** One entry; written by the thread that has just borrowed it. */
    private static final class Last {
        private final WeakReference<Object> entry;
        private volatile WeakReference<Object> handler;

        Last(Object entry, Object handler) {
            this.entry = new WeakReference<>(entry);
            this.handler = new WeakReference<>(handler);
        }
    }

    /** As many as there are slots, and changed only when one is made. */
    private final List<Last> all = new CopyOnWriteArrayList<>();

    void borrowed(Object entry, Object handler) {
        Last known = find(entry);
        if (known != null) {
            known.handler = new WeakReference<>(handler);
        } else {
            all.removeIf(last -> last.entry.refersTo(null));
            all.add(new Last(entry, handler));
        }
    }

    /** {@code null} when it was collected or never seen. */
    Object of(Object entry) {
        Last known = find(entry);
        return known == null ? null : known.handler.get();
    }

    private Last find(Object entry) {
        for (Last last : all) {
            if (last.entry.refersTo(entry)) {
                return last;
            }
        }
        return null;
    }
}
