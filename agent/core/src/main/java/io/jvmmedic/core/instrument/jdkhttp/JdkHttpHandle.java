package io.jvmmedic.core.instrument.jdkhttp;

import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All {@code java.net.http} clients of the JVM: how many there are, and how many requests are in flight, those whose body
 * nobody has read to its end included. A client has no bound and hands out no lease, so there is nothing to end.
 */
final class JdkHttpHandle implements HttpPoolHandle {

    private static final int UNBOUNDED = -1;

    /** A client and its selector thread, which ends with it. */
    private record Client(WeakReference<Thread> selector, WeakReference<Object> implementation) {
        boolean alive() {
            Thread thread = selector.get();
            return thread != null && thread.isAlive() && implementation.get() != null;
        }
    }

    private final ResourceId id;
    private final List<Client> clients = new CopyOnWriteArrayList<>();

    JdkHttpHandle(ResourceRegistry registry) {
        id = registry.uniqueId(ResourceId.Kind.HTTP_POOL, "jdk");
    }

    void add(Thread selector, Object implementation) {
        clients.add(new Client(new WeakReference<>(selector), new WeakReference<>(implementation)));
    }

    @Override
    public ResourceId id() {
        return id;
    }

    @Override
    public String library() {
        return "JDK HttpClient";
    }

    /** Stays, with a row of zeros, when the last client is gone: the next one often comes soon. */
    @Override
    public boolean alive() {
        return true;
    }

    @Override
    public boolean isAbout(Object hostObject) {
        return hostObject == this;
    }

    @Override
    public State state() {
        clients.removeIf(client -> !client.alive());
        long inFlight = 0;
        for (Client client : clients) {
            Object implementation = client.implementation().get();
            if (implementation != null) {
                inFlight += count(implementation, "pendingOperationCount")
                        - count(implementation, "pendingWebSocketCount");
            }
        }
        return new State((int) Math.max(0, inFlight), 0, UNBOUNDED, 0, "", 0, UNBOUNDED, 0, clients.size());
    }

    @Override
    public String route(Object entry) {
        return "";
    }

    @Override
    public boolean inUse(Object entry) {
        return false;
    }

    @Override
    public Lever<Object> abortEntry() {
        return Lever.absent("the JDK's HttpClient has no pool that leases connections; "
                + "close the body of each response, or give requests a timeout");
    }

    private static long count(Object implementation, String counter) {
        return Members.read(implementation, counter) instanceof AtomicLong value ? value.get() : 0;
    }
}
