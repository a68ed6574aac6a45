package io.jvmmedic.core.remedy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AbortHttpLeaseTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakeClient client = new FakeClient();
    private final Remedy remedy = new AbortHttpLease(registry, MedicConfig.of(Map.of()));

    /** A client with two connections for its one route; whoever waits gets the next one that is aborted. */
    private final class FakeClient implements HttpPoolHandle {
        private final Object host = new Object();
        private final ResourceId id = registry.uniqueId(ResourceId.Kind.HTTP_POOL, "search");
        private final Set<Object> leased = new LinkedHashSet<>();
        private int pending;
        private Lever<Object> abort = Lever.of("FakeClient.abort", this::abort);

        private FakeClient() {
            registry.register(host, (object, all) -> this);
        }

        private Object lease(Object response) {
            Object entry = new Object();
            leased.add(entry);
            registry.leases().borrowed(host, entry, response, (object, all) -> this);
            return entry;
        }

        private void abort(Object entry) {
            leased.remove(entry);
            registry.leases().discarded(entry);
            if (pending > 0) {
                pending--;
                lease(new Object());
            }
        }

        @Override
        public ResourceId id() {
            return id;
        }

        @Override
        public String library() {
            return "fake";
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public boolean isAbout(Object hostObject) {
            return hostObject == host;
        }

        @Override
        public State state() {
            return new State(leased.size(), 0, 10, pending, "search:443", leased.size(), 2, pending, 1);
        }

        @Override
        public String route(Object entry) {
            return "search:443";
        }

        @Override
        public boolean inUse(Object entry) {
            return leased.contains(entry);
        }

        @Override
        public Lever<Object> abortEntry() {
            return abort;
        }
    }

    private Diagnosis leak() {
        List<Long> leases = registry.leases().of(client).stream().map(Lease.View::id).toList();
        return Given.diagnosis(Fault.HTTP_LEAK, client.id(), Confidence.CERTAIN, leases, List.of(), Map.of());
    }

    @Test
    void abortsTheLeaseNobodyCanCloseAndServesWhoWaits() throws Throwable {
        Object response = new Object();
        Object read = client.lease(response);
        Object leaked = client.lease(new Object());
        client.pending = 1;
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return registry.leases().of(client).stream().anyMatch(Lease.View::unreachable);
        });

        Preparation.Ready ready = Given.ready(remedy.prepare(leak()));
        assertEquals(Risk.FORCEFUL, ready.plan().risk());
        assertTrue(ready.plan().claim().text().contains("1 HTTP connection end"), ready.plan().claim().text());
        assertEquals("leased=2 available=0 max=10 pending=1 route=search:443 routeLeased=2 routeMax=2 routePending=1"
                + " leaked=1 closed=0 failed=0", ready.action().observe());
        ready.action().apply();

        assertFalse(client.inUse(leaked));
        assertTrue(client.inUse(read), "a response that is still being read is left alone");
        assertEquals(0, client.pending);
        assertTrue(ready.action().claimHolds());
        Reference.reachabilityFence(response);
    }

    @Test
    void refusesWhenNothingIsLeakedOrTheLeverIsMissing() {
        Object response = new Object();
        client.lease(response);
        System.gc();
        assertEquals("http:search: none of the 1 leaked HTTP connection is out any more",
                Given.impossible(remedy.prepare(leak())));
        client.abort = Lever.absent("this client cannot abort a request of somebody else");
        assertEquals("http:search: this client cannot abort a request of somebody else",
                Given.impossible(remedy.prepare(leak())));
        Reference.reachabilityFence(response);
    }
}
