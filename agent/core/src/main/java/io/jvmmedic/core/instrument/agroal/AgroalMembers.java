package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.core.instrument.HostClass;
import io.jvmmedic.core.instrument.Members;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.XAConnection;

/** The members of one version of Agroal, found once per pool. Holds classes and members only. */
final class AgroalMembers {

    /** {@code ConnectionHandler.State}, by name. */
    enum Phase {
        NEW, CHECKED_IN, CHECKED_OUT, VALIDATION, FLUSH, DESTROYED
    }

    private static final String LIBRARY = "Agroal";

    private final Class<?> handlerType;
    private final Field allConnections;
    private final Field listed;
    private final Field executor;
    private final Field configuration;
    private final Field connectionFactory;
    private final Field activeCount;
    private final Field metricsRepository;
    /** From Agroal 2.6 on. */
    private final Optional<Method> collectsMetrics;
    private final Method awaiting;
    private final Method minSize;
    private final Method maxSize;
    private final Method setMaxSize;
    private final Method createPhysical;
    private final Method borrow;
    private final Method flushPool;
    private final Constructor<?> flushTask;
    private final Class<?> flushMode;
    private final Field state;
    private final Class<?> stateType;
    private final Method changeState;
    private final Field enlisted;
    private final Method rawConnection;
    private final Method executeNow;
    private final Field wrappedHandler;
    private final Field wrapped;
    /** Agroal 3 counts on its own how many connections there are and are about to be. */
    private final Optional<Field> permits;
    private final Optional<Method> acquirePermit;
    private final Optional<Method> create;
    /** Up to Agroal 2 the housekeeper creates. */
    private final Optional<Constructor<?>> createTask;
    /** Up to Agroal 2.5; later borrowers wait at a queue. */
    private final Optional<Field> synchronizer;
    private final Optional<Method> release;
    private final Optional<Field> transferQueue;
    private final Optional<Field> heldOverCommit;

    /** @throws IllegalStateException when a member is missing, which the shape check should have found before */
    AgroalMembers(Object pool) {
        HostClass type = HostClass.of(pool.getClass(), LIBRARY);
        HostClass handler = type.neighbour("io.agroal.pool.ConnectionHandler");
        handlerType = handler.type();
        allConnections = type.field("allConnections");
        listed = HostClass.of(allConnections.getType(), LIBRARY).field("data");
        executor = type.field("housekeepingExecutor");
        executeNow = HostClass.of(executor.getType(), LIBRARY).method("executeNow", Callable.class);
        configuration = type.field("configuration");
        HostClass configurationType = HostClass.of(configuration.getType(), LIBRARY);
        minSize = configurationType.method("minSize");
        maxSize = configurationType.method("maxSize");
        setMaxSize = configurationType.method("setMaxSize", int.class);
        connectionFactory = type.field("connectionFactory");
        createPhysical = HostClass.of(connectionFactory.getType(), LIBRARY).method("createConnection");
        borrow = type.method("getConnection");
        activeCount = type.field("activeCount");
        metricsRepository = type.field("metricsRepository");
        collectsMetrics = Members.method(metricsRepository.getType(), "collectPoolMetrics");
        awaiting = type.method("awaitingCount");
        flushMode = type.neighbour("io.agroal.api.AgroalDataSource$FlushMode").type();
        flushPool = type.method("flushPool", flushMode);
        flushTask = constructor(type.neighbour(pool.getClass().getName() + "$FlushTask").type(),
                pool.getClass(), flushMode, handlerType).orElseThrow(() ->
                        new IllegalStateException("this version of Agroal cannot flush one connection"));
        state = handler.field("state");
        stateType = state.getType();
        changeState = Members.method(handlerType, "changeState", stateType, stateType)
                .orElseGet(() -> handler.method("setState", stateType, stateType));
        enlisted = handler.field("enlisted");
        heldOverCommit = Members.field(handlerType, "isHeldOverCommit");
        rawConnection = handler.method("rawConnection");
        HostClass wrapper = type.neighbour("io.agroal.pool.wrapper.ConnectionWrapper");
        wrappedHandler = wrapper.field("handler");
        wrapped = wrapper.field("wrappedConnection");
        permits = Members.field(pool.getClass(), "createConnectionPermits");
        acquirePermit = Members.method(pool.getClass(), "acquireCreateConnectionPermit", int.class);
        create = Members.method(pool.getClass(), "createAndPoolConnection");
        createTask = Members.neighbour(pool.getClass(), pool.getClass().getName() + "$CreateConnectionTask")
                .flatMap(task -> constructor(task, pool.getClass()));
        synchronizer = Members.field(pool.getClass(), "synchronizer");
        release = synchronizer.flatMap(field -> Members.method(field.getType(), "releaseConditional"));
        transferQueue = Members.field(pool.getClass(), "handlerTransferQueue");
    }

    private static Optional<Constructor<?>> constructor(Class<?> type, Class<?>... parameters) {
        try {
            Constructor<?> found = type.getDeclaredConstructor(parameters);
            found.setAccessible(true);
            return Optional.of(found);
        } catch (NoSuchMethodException | RuntimeException absent) {
            return Optional.empty();
        }
    }

    // ---- the pool, without its locks

    /** All handlers; the list copies itself on each write, so what it holds now is a snapshot. */
    /** Read without the list's lock, so a place that is just being filled may be empty. */
    List<Object> handlers(Object pool) {
        return Arrays.stream((Object[]) Members.read(Members.read(pool, allConnections), listed))
                .filter(Objects::nonNull).toList();
    }

    boolean isListed(Object pool, Object handler) {
        return handlers(pool).stream().anyMatch(one -> one == handler);
    }

    int awaiting(Object pool) {
        return (int) (long) quietly(pool, awaiting);
    }

    int maxSize(Object pool) {
        return (int) quietly(Members.read(pool, configuration), maxSize);
    }

    int minSize(Object pool) {
        return (int) quietly(Members.read(pool, configuration), minSize);
    }

    ScheduledThreadPoolExecutor executor(Object pool) {
        return (ScheduledThreadPoolExecutor) Members.read(pool, executor);
    }

    /** Where borrowers park, a part that hooks meet in place of the pool; {@code null} from Agroal 2.6 on. */
    Object synchronizer(Object pool) {
        return synchronizer.map(field -> Members.read(pool, field)).orElse(null);
    }

    // ---- a handler

    boolean isHandler(Object candidate) {
        return handlerType.isInstance(candidate);
    }

    Phase phase(Object handler) {
        return Phase.valueOf(((Enum<?>) Members.read(handler, state)).name());
    }

    /** Moves a handler on, atomically; false when it is not in the expected state any more. */
    boolean change(Object handler, Phase from, Phase to) throws Throwable {
        return (boolean) Members.call(handler, changeState, constant(from), constant(to));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Object constant(Phase name) {
        return Enum.valueOf((Class) stateType, name.name());
    }

    /** Whether a transaction decides over this handler, not its borrower. */
    boolean isBound(Object handler) {
        return (boolean) Members.read(handler, enlisted)
                || heldOverCommit.map(field -> (boolean) Members.read(handler, field)).orElse(false);
    }

    /**
     * Makes a destroyed handler refuse its old owner: an enlisted one does not go back to the pool when its wrapper is
     * closed, and cannot be used outside of a transaction. Not up to Agroal 2.5: {@code isClosed} would throw in
     * 1.16, and to come back twice does no more harm there than to make the metrics count one borrower too few.
     */
    void disown(Object handler) throws IllegalAccessException {
        if (collectsMetrics.isPresent()) {
            enlisted.setBoolean(handler, true);
        }
    }

    Connection physical(Object handler) {
        return (Connection) quietly(handler, rawConnection);
    }

    /** The handler of a live wrapper; {@code null} when the wrapper is closed or none of this pool's. */
    Object handlerOf(Object wrapper) {
        if (!wrappedHandler.getDeclaringClass().isInstance(wrapper)) {
            return null;
        }
        Object handler = Members.read(wrapper, wrappedHandler);
        return Members.read(wrapper, wrapped) == physical(handler) ? handler : null;
    }

    // ---- acts

    /** Agroal's own flush of one handler: out of the list, counted, told to listeners, closed by the housekeeper. */
    void flush(Object pool, Object handler) throws Throwable {
        flush(pool, handler, "ALL");
    }

    /** The same if nobody has it; else when it comes back. */
    void flushGracefully(Object pool, Object handler) throws Throwable {
        flush(pool, handler, "GRACEFUL");
    }

    private void flush(Object pool, Object handler, String mode) throws Throwable {
        ((Runnable) flushTask.newInstance(pool, mode(mode), handler)).run();
    }

    /** That flush forgets the count behind the metrics. */
    void uncountActive(Object pool) {
        Object metrics = Members.read(pool, metricsRepository);
        if (collectsMetrics.map(method -> (boolean) quietly(metrics, method)).orElse(true)) {
            ((LongAdder) Members.read(pool, activeCount)).decrement();
        }
    }

    /** Asks the housekeeper to fill up to the minimum. */
    void fill(Object pool) throws Throwable {
        Members.call(pool, flushPool, mode("FILL"));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Object mode(String name) {
        return Enum.valueOf((Class) flushMode, name);
    }

    void setMaxSize(Object pool, int size) throws Throwable {
        Members.call(Members.read(pool, configuration), setMaxSize, size);
    }

    /** Makes borrowers who park look again at what is there. */
    void wake(Object pool) throws Throwable {
        if (release.isPresent()) {
            Members.call(Members.read(pool, synchronizer.get()), release.get());
        }
        if (transferQueue.isPresent()) {
            @SuppressWarnings("unchecked")
            TransferQueue<Object> queue = (TransferQueue<Object>) Members.read(pool, transferQueue.get());
            for (Object handler : handlers(pool)) {
                if (phase(handler) == Phase.CHECKED_IN) {
                    queue.tryTransfer(handler);
                }
            }
        }
    }

    /**
     * Has the pool make one connection and waits for it. Agroal 3 lets anybody create who has got a permit; before, only
     * the housekeeper may, else two would pass the check of the size together.
     *
     * @return false when there is no room
     */
    boolean create(Object pool) throws Throwable {
        if (create.isPresent() && acquirePermit.isPresent()) {
            return (boolean) Members.call(pool, acquirePermit.get(), maxSize(pool))
                    && Members.call(pool, create.get()) != null;
        }
        if (handlers(pool).size() >= maxSize(pool)) {
            return false;
        }
        Object task = createTask.orElseThrow(() -> new IllegalStateException("this version of Agroal creates otherwise"))
                .newInstance(pool);
        return ((Future<?>) Members.call(executor(pool), executeNow, task)).get() != null;
    }

    XAConnection connect(Object pool) throws Throwable {
        return (XAConnection) Members.call(Members.read(pool, connectionFactory), createPhysical);
    }

    /** As a borrower does, with the pool's own patience. */
    Connection borrow(Object pool) throws Throwable {
        return (Connection) Members.call(pool, borrow);
    }

    /** Connections by the count of Agroal 3 above those that are listed; 0 where there is no such count. */
    int drift(Object pool) {
        return permits.map(field -> (int) (((AtomicLong) Members.read(pool, field)).get() >>> Integer.SIZE)
                - handlers(pool).size()).orElse(0);
    }

    void correctDrift(Object pool, int drift) {
        ((AtomicLong) Members.read(pool, permits.orElseThrow())).addAndGet(-((long) drift << Integer.SIZE));
    }

    private static Object quietly(Object owner, Method getter) {
        try {
            return Members.call(owner, getter);
        } catch (Throwable e) {
            throw new IllegalStateException(getter + " failed", e);
        }
    }
}
