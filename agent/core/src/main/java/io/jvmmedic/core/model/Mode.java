package io.jvmmedic.core.model;

import java.util.Locale;

/** How far the agent may go. */
public enum Mode {
    /** Watches nothing and does nothing. */
    OFF,
    /** Finds, plans and scores, never acts. */
    OBSERVE,
    /** Acts where proof allows it; everything else is shadowed. */
    HEAL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
