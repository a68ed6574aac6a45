package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.ResourceId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What resources measured before they were grown, one entry per resource however often it was grown since: a cap counts
 * from the original, and what is given back is the original, never a size that was itself lent. Thread-safe; nothing of
 * the host is called under a lock.
 *
 * @param <S> how the size is told: a number of slots, a pair of worker counts
 */
final class Growth<S> {

    /** One grown resource. */
    interface Sized<S> {

        /** Whether it is gone or closed. */
        boolean isGone();

        /** Whether its size right now is this one. */
        boolean is(S size);

        /** Whether its present load fits in this size and nobody waits. */
        boolean fits(S size);

        /** Why what was added to this size cannot be had; empty while it may. */
        default Optional<String> refused(S original) {
            return Optional.empty();
        }

        void set(S size) throws Throwable;

        String text(S from, S to);
    }

    private enum Fate { OPEN, GIVEN_BACK, CHANGED_BY_OTHERS, GONE }

    /** One grown resource and what was done to it; shared by all loans on it. */
    private final class Entry {
        private final S original;
        private volatile S lent;
        /** Still its size while the call that grows it further is under way. */
        private volatile S lentBefore;
        private volatile Fate fate = Fate.OPEN;

        private Entry(S original, S lent) {
            this.original = original;
            this.lent = lent;
            this.lentBefore = lent;
        }

        private boolean isOurs(Sized<S> sized) {
            return sized.is(lent) || sized.is(lentBefore);
        }
    }

    private final Map<ResourceId, Entry> entries = new ConcurrentHashMap<>();

    /**
     * The size to count from: what it was before the first growth, or the present one when it is not ours.
     *
     * @param current its size now
     */
    S original(ResourceId id, S current, Sized<S> sized) {
        Entry entry = entries.get(id);
        return entry != null && entry.isOurs(sized) ? entry.original : current;
    }

    /**
     * Notes a growth. To be called before it is done: a call that gets stuck or throws half-way may have grown the thing
     * all the same. Until all is given back, further growths add to the same entry.
     */
    Loan lent(ResourceId id, S original, S size, Sized<S> sized) {
        Entry entry = entries.compute(id, (key, known) -> {
            if (known == null || !known.original.equals(original)) {
                return new Entry(original, size);
            }
            known.lentBefore = known.lent;
            known.lent = size;
            return known;
        });
        return new SizeLoan(id, entry, sized);
    }

    private void close(ResourceId id, Entry entry, Fate fate) {
        entry.fate = fate;
        entries.remove(id, entry);
    }

    private final class SizeLoan implements Loan {

        private final ResourceId id;
        private final Entry entry;
        private final Sized<S> sized;

        private SizeLoan(ResourceId id, Entry entry, Sized<S> sized) {
            this.id = id;
            this.entry = entry;
            this.sized = sized;
        }

        @Override
        public String text() {
            return sized.text(entry.original, entry.lent) + switch (entry.fate) {
                case OPEN, GIVEN_BACK -> "";
                case CHANGED_BY_OTHERS -> " (somebody else changed it since, which is left alone)";
                case GONE -> " (closed since)";
            };
        }

        @Override
        public boolean unneeded() {
            return sized.fits(entry.original);
        }

        @Override
        public Optional<String> useless() {
            return entry.fate == Fate.OPEN ? sized.refused(entry.original) : Optional.empty();
        }

        @Override
        public boolean moot() {
            if (entry.fate == Fate.OPEN) {
                if (sized.isGone()) {
                    close(id, entry, Fate.GONE);
                } else if (sized.is(entry.original)) {
                    close(id, entry, Fate.GIVEN_BACK);
                } else if (!entry.isOurs(sized)) {
                    close(id, entry, Fate.CHANGED_BY_OTHERS);
                }
            }
            return entry.fate != Fate.OPEN;
        }

        @Override
        public void giveBack() throws Throwable {
            // A user's own setting wins over ours: asked once more, for it may have come since the last look.
            if (!moot()) {
                sized.set(entry.original);
                close(id, entry, Fate.GIVEN_BACK);
            }
        }
    }
}
