package io.jvmmedic.core.remedy;

/** Something lent to the host that is given back once it is no longer needed. */
public interface Loan {

    /** For people: {@code maximum 10 -> 12}. */
    String text();

    /** True when right now it is not needed; it is given back after this stayed true for the clean time. */
    boolean unneeded();

    /** True when the thing lent to is gone, so that there is nothing to give back to. */
    boolean moot();

    void giveBack() throws Throwable;
}
