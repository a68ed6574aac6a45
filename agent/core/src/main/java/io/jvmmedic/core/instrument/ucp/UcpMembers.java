package io.jvmmedic.core.instrument.ucp;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** The members of Oracle UCP, found once per pool. Holds classes and members only. */
final class UcpMembers {

    private static final String LIBRARY = "Oracle UCP";

    private final Class<?> entryType;
    private final Class<?> proxyType;
    private final Field core;
    private final Field total;
    private final Field borrowed;
    private final Field pending;
    private final Field maximum;
    private final Field lifeCycle;
    private final Method lifeCycleState;
    private final Method setMaximum;
    private final Method refresh;
    private final Method adapter;
    private final Method retrievalInfo;
    private final Method borrow;
    private final Method giveBack;
    private final Method create;
    private final Method destroy;
    private final Method count;
    private final Method retrieve;
    private final Method forEach;
    private final Method kickAdjuster;
    private final Method grow;
    private final Field entryPool;
    private final Method available;
    private final Method status;
    private final Field closedStatus;
    private final Method physical;
    private final Method delegator;
    private final Method delegate;
    private final Method makeAvailable;
    private final Method close;
    private final Method proxyEntry;
    private final Field proxyClosed;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    UcpMembers(Object pool) {
        HostClass type = HostClass.of(pool.getClass(), LIBRARY);
        core = type.field("core");
        total = type.field("totalConnectionsCount");
        borrowed = type.field("borrowedConnectionsCount");
        pending = type.field("pendingRequestsCount");
        maximum = type.field("maxPoolSize");
        lifeCycle = type.field("lifeCycleState");
        lifeCycleState = HostClass.of(lifeCycle.getType(), LIBRARY).method("getCurrentLifeCycleState");
        setMaximum = type.method("setMaxPoolSize", int.class);
        refresh = type.method("refresh");
        adapter = type.method("getConnectionFactoryAdapter");
        retrievalInfo = type.method("getConnectionRetrievalInfo");
        HostClass ofPool = type.neighbour("oracle.ucp.UniversalConnectionPool");
        borrow = ofPool.method("borrowConnection", retrievalInfo.getReturnType());
        giveBack = ofPool.method("returnConnection", type.neighbour("oracle.ucp.UniversalPooledConnection").type());
        HostClass factory = type.neighbour("oracle.ucp.ConnectionFactoryAdapter");
        create = factory.method("createConnection", type.neighbour("oracle.ucp.ConnectionRetrievalInfo").type());
        destroy = factory.method("closeConnection", Object.class);
        count = HostClass.of(total.getType(), LIBRARY).method("get");
        HostClass connection = type.neighbour("oracle.ucp.common.CoreConnection");
        HostClass coreType = HostClass.of(core.getType(), LIBRARY);
        retrieve = coreType.method("retrieve", connection.type());
        forEach = coreType.method("forEach", Consumer.class);
        kickAdjuster = coreType.method("kickAdjuster");
        grow = coreType.method("growAvailableAsynch", retrievalInfo.getReturnType());
        delegate = connection.method("getDelegate");
        makeAvailable = connection.method("makeAvailable");
        close = connection.method("close");
        HostClass entry = type.neighbour("oracle.ucp.common.UniversalPooledConnectionImpl");
        entryType = entry.type();
        entryPool = entry.field("m_connectionPool");
        available = entry.method("isAvailable");
        status = entry.method("getStatus");
        closedStatus = HostClass.of(status.getReturnType(), LIBRARY).field("STATUS_CLOSED");
        physical = entry.method("getPhysicalConnection");
        delegator = entry.method("getDelegator");
        HostClass proxy = type.neighbour("oracle.ucp.jdbc.proxy.other.ConnectionProxy");
        proxyType = proxy.type();
        proxyEntry = proxy.method("getUPC");
        proxyClosed = proxy.field("closed");
    }

    // ---- the pool

    int total(Object pool) {
        return (int) quietly(Members.read(pool, total), count);
    }

    int borrowed(Object pool) {
        return (int) quietly(Members.read(pool, borrowed), count);
    }

    /** Borrows under way. */
    int pending(Object pool) {
        return ((LongAdder) Members.read(pool, pending)).intValue();
    }

    int maximum(Object pool) {
        return (int) Members.read(pool, maximum);
    }

    /** Asked of the field: the pool's own question waits until a start or stop is over. */
    String lifeCycle(Object pool) {
        return ((Enum<?>) quietly(Members.read(pool, lifeCycle), lifeCycleState)).name();
    }

    void setMaximum(Object pool, int size) throws Throwable {
        Members.call(pool, setMaximum, size);
    }

    void refresh(Object pool) throws Throwable {
        Members.call(pool, refresh);
    }

    void adjust(Object pool) throws Throwable {
        Members.call(Members.read(pool, core), kickAdjuster);
    }

    /** Orders one connection for whoever is first; does nothing where the pool has no room. */
    void order(Object pool) throws Throwable {
        Members.call(Members.read(pool, core), grow, Members.call(pool, retrievalInfo));
    }

    /** A physical connection as the pool makes them, not counted by it. */
    Object create(Object pool) throws Throwable {
        return Members.call(Members.call(pool, adapter), create, Members.call(pool, retrievalInfo));
    }

    void destroy(Object pool, Object physicalConnection) throws Throwable {
        Members.call(Members.call(pool, adapter), destroy, physicalConnection);
    }

    /** As its data source does for a borrower, with the pool's own patience. */
    Object borrow(Object pool) throws Throwable {
        return Members.call(pool, borrow, Members.call(pool, retrievalInfo));
    }

    void giveBack(Object pool, Object entry) throws Throwable {
        Members.call(pool, giveBack, entry);
    }

    // ---- its connections

    List<Object> entries(Object pool) {
        List<Object> found = new ArrayList<>();
        Consumer<Object> collector = one -> found.add(quietly(one, delegate));
        try {
            Members.call(Members.read(pool, core), forEach, collector);
        } catch (Throwable e) {
            throw new IllegalStateException(forEach + " failed", e);
        }
        return found;
    }

    boolean isEntryOf(Object pool, Object candidate) {
        return entryType.isInstance(candidate) && Members.read(candidate, entryPool) == pool;
    }

    boolean isBorrowed(Object entry) {
        return !(boolean) quietly(entry, available) && quietly(entry, status) != Members.read(null, closedStatus);
    }

    Object physical(Object entry) {
        return entryType.isInstance(entry) ? quietly(entry, physical) : null;
    }

    /** Takes a borrowed connection out of the pool, atomically; false when it is not there or not borrowed. */
    boolean retrieve(Object pool, Object entry) throws Throwable {
        return (boolean) Members.call(Members.read(pool, core), retrieve, Members.call(entry, delegator));
    }

    /** Ends the borrow in the pool's books; does nothing when it has ended. */
    void endBorrow(Object entry) throws Throwable {
        Members.call(Members.call(entry, delegator), makeAvailable);
    }

    void close(Object entry) throws Throwable {
        Members.call(Members.call(entry, delegator), close);
    }

    // ---- handles

    boolean isHandle(Object candidate) {
        return proxyType.isInstance(candidate);
    }

    Object entryOf(Object handle) throws Throwable {
        return Members.call(handle, proxyEntry);
    }

    /** Closes a handle before its borrower does; false when that has happened. */
    boolean shut(Object handle) {
        return ((AtomicBoolean) Members.read(handle, proxyClosed)).compareAndSet(false, true);
    }

    private static Object quietly(Object owner, Method getter) {
        try {
            return Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }
}
