package io.jvmmedic.core.config;

import java.time.Duration;

/**
 * Intensity over period, as of an Erlang/OTP supervisor: at most {@code times} within any {@code period}.
 *
 * @param times 0 forbids
 */
public record Budget(int times, Duration period) {
}
