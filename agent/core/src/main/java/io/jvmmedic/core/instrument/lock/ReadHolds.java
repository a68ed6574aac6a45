package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.core.instrument.Members;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Who reads under which read-write lock. The lock itself knows its first reader only; all others are counted in a
 * thread-local of each reader, which is read here and never through {@code get}: that would clean up in passing, in a table
 * that belongs to another thread.
 *
 * <p>Exact for a thread that waits: only it changes its own counts.
 */
final class ReadHolds {

    private static final String SYNC = ReentrantReadWriteLock.class.getName() + "$Sync";

    private final Class<?> sync;
    private final Method readers;
    private final Field counters;
    private final Field firstReader;
    private final Field firstCount;
    private final Field count;
    private final Field locals;
    private final Field table;
    private final Field value;

    /** Packages {@code java.lang} and {@code java.util.concurrent.locks} must have been opened. */
    ReadHolds() throws ReflectiveOperationException {
        sync = Class.forName(SYNC, false, null);
        readers = Members.method(sync, "getReadLockCount").orElseThrow(() -> missing("getReadLockCount"));
        counters = field(sync, "readHolds");
        firstReader = field(sync, "firstReader");
        firstCount = field(sync, "firstReaderHoldCount");
        count = field(Class.forName(SYNC + "$HoldCounter", false, null), "count");
        locals = field(Thread.class, "threadLocals");
        table = field(locals.getType(), "table");
        value = field(table.getType().getComponentType(), "value");
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        return Members.field(type, name).orElseThrow(() -> missing(type.getName() + "." + name));
    }

    private static NoSuchFieldException missing(String member) {
        return new NoSuchFieldException(member);
    }

    /** Whether readers hold it; false for what is no read-write lock. */
    boolean isRead(Object synchronizer) {
        try {
            return sync.isInstance(synchronizer) && (int) Members.call(synchronizer, readers) > 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Which of these threads read under which of these locks. */
    Map<Object, List<Thread>> of(Collection<Object> synchronizers, Collection<Thread> threads) {
        Map<Object, Object> byCounters = new IdentityHashMap<>();
        Map<Object, List<Thread>> holds = new IdentityHashMap<>();
        for (Object one : synchronizers) {
            byCounters.put(Members.read(one, counters), one);
            holds.put(one, new ArrayList<>());
        }
        for (Thread thread : threads) {
            synchronizers.stream().filter(one -> isFirst(thread, one)).forEach(one -> holds.get(one).add(thread));
            Object map = Members.read(thread, locals);
            Object[] entries = map == null ? null : (Object[]) Members.read(map, table);
            if (entries == null) {
                continue;
            }
            for (Object entry : entries) {
                Object lock = entry == null ? null : byCounters.get(((WeakReference<?>) entry).get());
                Object counter = lock == null ? null : Members.read(entry, value);
                if (counter != null && (int) Members.read(counter, count) > 0) {
                    holds.get(lock).add(thread);
                }
            }
        }
        return holds;
    }

    private boolean isFirst(Thread thread, Object synchronizer) {
        return Members.read(synchronizer, firstReader) == thread && (int) Members.read(synchronizer, firstCount) > 0;
    }
}
