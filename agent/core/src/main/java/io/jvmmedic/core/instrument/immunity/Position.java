package io.jvmmedic.core.instrument.immunity;

import java.util.Optional;

/**
 * Where one thread of a deadlock took the lock that another one wanted: its outer acquisition.
 *
 * @param caller the call through which a synchronized method was entered; such a method cannot be changed any more once
 *     its class is loaded, its callers can. Empty for the other kinds, and where it is not known
 */
record Position(Kind kind, Place place, Optional<Place> caller) {

    /** What kind of acquisition. */
    enum Kind {
        /** {@code synchronized} block. */
        BLOCK,
        /** {@code synchronized} method. */
        METHOD,
        /** A call of {@code lock}, {@code lockInterruptibly} or {@code tryLock}. */
        LOCK,
        /** A call into code that cannot be changed, the JDK's own, which takes the monitor and gives it back. */
        CALL
    }

    /** The same for positions that are the same place, however it was reached. */
    String key() {
        return kind + " " + place.key();
    }

    String text() {
        return place.text() + " (" + switch (kind) {
            case BLOCK -> "synchronized block";
            case METHOD -> "synchronized method";
            case LOCK -> "lock";
            case CALL -> "call";
        } + ")";
    }
}
