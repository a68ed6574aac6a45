package io.jvmmedic.core.instrument.httpclient5;

import io.jvmmedic.core.instrument.HostContext;
import io.jvmmedic.core.instrument.WeakHandle;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.concurrent.locks.Lock;

/** One {@code PoolingHttpClientConnectionManager}. */
final class HttpClient5Handle extends WeakHandle<Object> implements HttpPoolHandle {

    private final HttpClient5Members members;
    private final Leases leases;
    private State last;

    HttpClient5Handle(Object manager, ResourceRegistry registry) {
        super(manager, registry.uniqueId(ResourceId.Kind.HTTP_POOL, "httpclient5"));
        members = new HttpClient5Members(manager);
        leases = registry.leases();
    }

    @Override
    public String library() {
        return "Apache HttpClient";
    }

    @Override
    public boolean alive() {
        Object manager = hostObject();
        return manager != null && !members.isClosed(manager);
    }

    /**
     * Counting takes the lock of a strict pool, and that pool may hold it while it says goodbye to a slow peer: when it
     * is not free at once, the last state stands for another round.
     */
    @Override
    public synchronized State state() {
        Object manager = hostObject();
        if (manager == null) {
            return null;
        }
        Lock lock = members.lock(manager);
        if (lock != null && !lock.tryLock()) {
            return last;
        }
        try {
            last = members.state(manager);
        } finally {
            if (lock != null) {
                lock.unlock();
            }
        }
        return last;
    }

    @Override
    public String route(Object entry) {
        return members.routeOf(entry);
    }

    /** Takes the lock of a strict pool for a moment. */
    @Override
    public boolean inUse(Object entry) {
        Object manager = hostObject();
        return manager != null && members.isLeased(manager, entry);
    }

    /**
     * Closes the socket at once, without the polite end of a TLS or HTTP session that a dead peer would keep waiting for.
     * An entry that nobody can release any more is released too, which serves who waits. Where somebody still can, it is
     * left to them: their next read fails and releases it, and a second release would throw into their code.
     */
    @Override
    public Lever<Object> abortEntry() {
        Object manager = hostObject();
        if (manager != null && !members.listsLeases(manager)) {
            return Lever.absent(members.poolName(manager) + " keeps no list of its leases, so none can be checked and ended");
        }
        return Lever.of("ManagedConnPool.release", entry -> {
            Object present = required();
            if (!inUse(entry)) {
                throw new IllegalStateException("the connection has been released in the meantime");
            }
            boolean abandoned = isAbandoned(entry);
            HostContext.with(present.getClass().getClassLoader(), () -> {
                members.closeNow(entry);
                if (abandoned) {
                    members.release(present, entry);
                }
            });
        });
    }

    private boolean isAbandoned(Object entry) {
        for (Lease.View view : leases.of(this)) {
            Lease lease = view.unreachable() ? leases.byId(view.id()) : null;
            if (lease != null && lease.entry() == entry) {
                return true;
            }
        }
        return false;
    }
}
