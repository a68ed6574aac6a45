package io.jvmmedic.core;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Every wait looks twice as often as is Awaitility's habit, which was most of the time of tests that wait a hundred times for
 * what is true within a millisecond. Not at once, and not more often: pools count one and the same thing in several places,
 * and tests ask for the other places when the first has been counted.
 *
 * <p>And each may last a minute, not ten seconds: where four JVMs share two cores one of them may stand still for seconds,
 * and a wait that ends well costs nothing by being allowed to last.
 */
public final class PromptAwait implements BeforeAllCallback {

    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollDelay(INTERVAL);
        Awaitility.setDefaultPollInterval(INTERVAL);
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}
