package io.jvmmedic.core.resource;

/**
 * One cache line in front of a lease's fields. Leases are allocated side by side and written by different cores at each
 * borrow; without this, four threads on four slots paid for each other's writes.
 */
@SuppressWarnings("unused")
abstract class LeasePadding {
    private long p0;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
}
