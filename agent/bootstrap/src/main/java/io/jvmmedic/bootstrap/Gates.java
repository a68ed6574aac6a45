package io.jvmmedic.bootstrap;

/**
 * Where gated lock acquisitions arrive. The core connects its own while it has gates; {@link #NONE} lets everybody pass,
 * so that detach is one assignment.
 *
 * <p>A token stands for one hold of one place; 0 is none. It stays in a local variable of the gated method. A token that is
 * not known any more is ignored.
 */
public abstract class Gates {

    public static final Gates NONE = new Gates() {
    };

    /**
     * The current thread is about to take a lock at a place of a known deadlock; may make it wait for a limited time.
     *
     * @param lock what will be taken; {@code null} when that is not known
     * @return token of the hold; 0 for none
     */
    public int enter(Object lock, int site) {
        return 0;
    }

    /**
     * As {@link #enter} in front of a call that may run one method or another, as its receiver decides.
     *
     * @param receiver of the call; {@code null} for one that will fail
     * @return 0 also when the receiver's method is not the one that is gated
     */
    public int enterOf(Object receiver, int site) {
        return 0;
    }

    /** The hold is over. */
    public void leave(int token) {
    }

    /** The hold is over if it is that of this lock, which was just given back; returns what is left of it. */
    public int released(Object lock, int token) {
        return token;
    }

    /** The method that took the lock ends; the hold is over unless the lock is still held then. */
    public void end(int token) {
    }
}
