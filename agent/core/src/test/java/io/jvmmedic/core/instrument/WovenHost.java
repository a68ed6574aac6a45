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
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * This JVM with integrations installed as {@code boot} does it, until closed.
 *
 * <p>To weave and to restore what is loaded takes a quarter of a second, which is nine tenths of what most tests do. Those
 * that are not about it take a {@link #lasting} one.
 */
public final class WovenHost implements AutoCloseable {

    private static final long READY_MILLIS = 120_000;

    /** What the last lasting one has left in. */
    private static Instrumenter left;
    private static List<Class<?>> leftOf = List.of();

    public final ResourceRegistry registry = new ResourceRegistry();
    public final Leases leases = registry.leases();
    public final Instrumenter instrumenter;
    public final LeaseProbes probes;
    private final boolean lasting;
    private final long failuresBefore = AdviceFailures.count();

    /** Weaves all that is loaded, as after a hot attach, and restores it when closed. */
    public WovenHost(Integration... integrations) throws InterruptedException {
        this(false, integrations);
    }

    private WovenHost(boolean lasting, Integration... integrations) throws InterruptedException {
        this.lasting = lasting;
        List<Class<?>> wanted = Stream.of(integrations).<Class<?>>map(Integration::getClass).toList();
        boolean woven = lasting && left != null && leftOf.equals(wanted);
        if (!woven) {
            unweave();
        }
        instrumenter = woven ? left
                : new Instrumenter(ByteBuddyAgent.install(), List.of(integrations), Set.of());
        probes = new LeaseProbes(registry, instrumenter.factories());
        Hooks.connect(probes);
        if (!woven) {
            instrumenter.install(probes::selfTested);
            assertTrue(instrumenter.awaitReady(READY_MILLIS), "weaving did not become ready");
            assertEquals("", instrumenter.failure());
        }
        if (lasting) {
            left = instrumenter;
            leftOf = wanted;
        }
    }

    /** Its hooks stay in when it is closed, though they lead nowhere then, and serve the next one of the same integrations. */
    public static WovenHost lasting(Integration... integrations) throws InterruptedException {
        return new WovenHost(true, integrations);
    }

    /** For a test in which the host is there before the agent: takes out what a lasting one has left in. */
    public static void unweave() {
        if (left != null) {
            left.uninstall();
            left = null;
        }
    }

    @Override
    public void close() {
        if (!lasting) {
            instrumenter.uninstall();
        }
        Hooks.disconnect();
        assertEquals(failuresBefore, AdviceFailures.count(),
                () -> "advice failed, for example: " + AdviceFailures.first());
    }
}
