package io.jvmmedic.core.control;

/**
 * One resource with slots, now. Counters are read without locks and need not add up.
 *
 * @param resource {@code pool:orders}, {@code http:default}, {@code executor:reports}
 * @param used connections borrowed, requests in flight, workers busy
 * @param idle free slots that exist
 * @param max slots allowed; -1 when unbounded
 * @param waiting threads or requests that wait for a slot, tasks queued
 * @param oldestWaitMillis of the longest waiter; -1 when unknown
 * @param served borrows seen, tasks completed; -1 when unknown
 * @param timeouts waits that ended without a slot; -1 when unknown
 */
public record PoolView(
        String resource, String library, int used, int idle, int max, int waiting, long oldestWaitMillis, long served,
        long timeouts) {
}
