package io.jvmmedic.core.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.resource.LeaseProbes;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;
import java.util.Set;
import net.bytebuddy.agent.ByteBuddyAgent;

/** This JVM with integrations installed as {@code boot} does it, until closed. */
public final class WovenHost implements AutoCloseable {

    public final ResourceRegistry registry = new ResourceRegistry();
    public final Leases leases = registry.leases();
    public final Instrumenter instrumenter;
    public final LeaseProbes probes;
    private final long failuresBefore = AdviceFailures.count();

    public WovenHost(Integration... integrations) throws InterruptedException {
        instrumenter = new Instrumenter(ByteBuddyAgent.install(), List.of(integrations), Set.of());
        probes = new LeaseProbes(registry, instrumenter.factories());
        Hooks.connect(probes);
        instrumenter.install(probes::selfTested);
        assertTrue(instrumenter.awaitReady(30_000), "weaving did not become ready");
        assertEquals("", instrumenter.failure());
    }

    @Override
    public void close() {
        instrumenter.uninstall();
        Hooks.disconnect();
        assertEquals(failuresBefore, AdviceFailures.count(),
                () -> "advice failed, for example: " + AdviceFailures.first());
    }
}
