package io.jvmmedic.core.instrument.fake;

import java.util.ArrayDeque;
import java.util.Deque;

/** A pool somebody might have written: entries, handles, nothing of ours. */
public final class FakePool {

    static final class Entry {
        volatile boolean inUse;
    }

    /** What a borrower gets. */
    public static final class Handle implements AutoCloseable {

        private final FakePool pool;
        private final Entry entry;

        Handle(FakePool pool, Entry entry) {
            this.pool = pool;
            this.entry = entry;
        }

        @Override
        public void close() {
            if (entry.inUse) {
                pool.giveBack(entry);
            }
        }
    }

    final int size;
    private final Deque<Entry> free = new ArrayDeque<>();

    public FakePool(int size) {
        this.size = size;
        for (int i = 0; i < size; i++) {
            free.add(new Entry());
        }
    }

    public Handle borrow() {
        Entry entry;
        synchronized (this) {
            entry = free.remove();
            entry.inUse = true;
        }
        return wrap(entry);
    }

    private Handle wrap(Entry entry) {
        return new Handle(this, entry);
    }

    void giveBack(Entry entry) {
        synchronized (this) {
            entry.inUse = false;
            free.add(entry);
        }
    }

    synchronized int free() {
        return free.size();
    }
}
