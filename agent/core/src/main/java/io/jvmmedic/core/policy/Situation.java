package io.jvmmedic.core.policy;

import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import java.time.Duration;
import java.util.Optional;

/** What the gates may know beside the request. Reading it changes nothing. */
public interface Situation {

    /** Time since the JVM started. */
    Duration uptime();

    /** The remedy at work on a resource. */
    Optional<String> treatmentOf(ResourceId resource);

    /** How much longer a resource rests; zero when it does not. */
    Duration restOf(ResourceId resource);

    /** The remedy's own budget; empty when only the one of the JVM limits it. */
    Optional<Spending> spendingOf(String remedy);

    Spending spendingOfJvm();

    /** How often a remedy did not return from a resource since the agent started. */
    int stuck(ResourceId resource, String remedy);

    /** Whether what is spent survives a restart; without that, a restart could loop. */
    boolean budgetsSurviveRestart();

    /** Why this plan must not ask a database for more sessions; empty when it may, or does not. */
    Optional<String> databaseLimit(Plan plan);

    /** Why the agent is not fit to act; empty when it is. */
    Optional<String> stress();
}
