package io.jvmmedic.core.policy;

/**
 * How well the agent itself runs. A doctor who fell asleep does not operate.
 *
 * @param latenessMillis how late the last tick came, ms
 * @param gcShare share of the last seconds spent in garbage collection, 0 to 1
 */
public record Stress(long latenessMillis, double gcShare) {
}
