package io.jvmmedic.core.resource;

/**
 * One thing a library lets an outsider do, the highest one that exists: public API, then public method, then private
 * member. A library without it has an absent lever that says why; remedies refuse with that sentence.
 *
 * @param <A> what it is applied to; {@link Void} when it needs nothing
 */
public final class Lever<A> {

    /** The call into the library. Runs on a disposable thread with a deadline; may throw anything. */
    @FunctionalInterface
    public interface Act<A> {
        void on(A argument) throws Throwable;
    }

    private final Act<A> act;
    private final String description;

    private Lever(Act<A> act, String description) {
        this.act = act;
        this.description = description;
    }

    /** A lever that exists; {@code call} names the library call for the record, {@code HikariPool.closeConnection}. */
    public static <A> Lever<A> of(String call, Act<A> act) {
        return new Lever<>(act, call);
    }

    /** A lever that does not exist; {@code why} is a sentence for the user. */
    public static <A> Lever<A> absent(String why) {
        return new Lever<>(null, why);
    }

    public boolean isPresent() {
        return act != null;
    }

    /** The library call, or why there is none. */
    public String description() {
        return description;
    }

    public void pull(A argument) throws Throwable {
        if (act == null) {
            throw new UnsupportedOperationException(description);
        }
        act.on(argument);
    }
}
