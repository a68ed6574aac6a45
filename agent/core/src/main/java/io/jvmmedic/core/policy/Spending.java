package io.jvmmedic.core.policy;

import io.jvmmedic.core.config.Budget;
import java.time.Duration;

/**
 * How much of a budget is spent.
 *
 * @param name configuration key of the budget
 * @param spent times within the period that ends now
 * @param freeIn until the next time is free; zero when one is free now
 */
public record Spending(String name, Budget budget, int spent, Duration freeIn) {

    public boolean exhausted() {
        return spent >= budget.times();
    }
}
