package io.jvmmedic.core.model;

import java.time.Duration;

/**
 * The effect a remedy states before it acts. No claim, no act.
 *
 * @param text for people: "active falls from 10 to at most 9 within 5 s"
 * @param within how long it may take to come true
 */
public record Claim(String text, Duration within) {
}
