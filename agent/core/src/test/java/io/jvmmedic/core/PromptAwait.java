package io.jvmmedic.core;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Every wait looks at once and then often. Awaitility's own habit, first after a tenth of a second and then ten times a
 * second, was most of the time of tests that wait a hundred times for what is true within a millisecond.
 */
public final class PromptAwait implements BeforeAllCallback {

    private static final Duration INTERVAL = Duration.ofMillis(20);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(INTERVAL);
    }
}
