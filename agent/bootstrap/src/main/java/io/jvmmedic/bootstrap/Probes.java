package io.jvmmedic.bootstrap;

/**
 * Where hooks arrive. The core connects its own; {@link #NONE} does nothing, so that detach is one assignment and the
 * hot path has no branch for "off" (the null object of HikariCP's {@code ProxyLeakTask.NO_LEAK}).
 *
 * <p>All parameters are {@code Object}: any loader that delegates to the boot loader can link the calls. An
 * {@code integration} is the name an integration registered under. Implementations must be wait-free and must not call
 * host code.
 */
public abstract class Probes {

    public static final Probes NONE = new Probes() {
    };

    /** A pool exists: constructed, or met for the first time. */
    public void appeared(String integration, Object pool) {
    }

    /**
     * A slot left the pool.
     *
     * @param entry the pool's own record of the slot; stable while the slot lives
     * @param handle what the borrower got; never held strongly
     */
    public void borrowed(String integration, Object pool, Object entry, Object handle) {
    }

    /** The handle of a slot that is borrowed already, in place of the one that was told. */
    public void handedOut(Object entry, Object handle) {
    }

    /** A slot is being given back; called before anybody else can borrow it. */
    public void returned(Object entry) {
    }

    /** A slot was destroyed by its pool. */
    public void discarded(Object entry) {
    }

    /** The borrower works with the slot: a statement is being executed, bytes are being exchanged. */
    public void used(Object entry) {
    }

    /** The pool asks the server whether a free slot still works, on behalf of a borrower or of itself. */
    public void testing(Object entry) {
    }

    /** It has got an answer, or an error. */
    public void tested(Object entry) {
    }

    /** As {@link #used}, told by something that knows what the lease watches and not its entry. */
    public void usedThrough(Object watched) {
    }

    /** The borrower got something out that lives on without the handle: an unwrapped driver connection, a Blob. */
    public void escaped(Object handleOrEntry) {
    }

    /** The current thread begins to wait for a slot. */
    public void waiting(String integration, Object pool) {
    }

    /** The current thread waited in vain: timed out or interrupted. */
    public void gaveUp(Object pool) {
    }

    /** The current thread does not wait, whatever {@link #waiting} said: it was housekeeping of the pool. */
    public void waited() {
    }

    /** A call into the driver ended with an error on this slot; called once for each error, before the borrower has it. */
    public void failed(Object handleOrEntry, Throwable error) {
    }

    /** The pool tried to open a connection and got none. */
    public void refused(Object pool, Throwable error) {
    }

    /**
     * A driver has opened a physical connection, for a pool or for anybody else.
     *
     * @param source what tells the database: the URL, or the driver's own form of it
     */
    public void opened(String integration, Object source, Object connection) {
    }

    /** A physical connection is being closed. */
    public void closed(Object connection) {
    }

    /** The self-test's dummy ran. */
    public void selfTest() {
    }
}
