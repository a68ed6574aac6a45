package io.jvmmedic.core.instrument.immunity;

import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the callers of a synchronized method among all classes that are loaded, and has them woven. Those that are
 * loaded later come by the transformer by themselves.
 *
 * <p>{@link #findFamily} at once, the rest on a thread of its own, in small portions: the application has the processor.
 */
final class CallerSearch implements Runnable {

    /** Callers by a type that is not the method's own are left alone when there are more classes of them. */
    static final int MAX_WIDE = 300;
    /** At most 2,500 classes a second; reading one takes 30 to 90 microseconds, so this is a fifth of a core. */
    private static final int CLASSES_PER_PORTION = 50;
    private static final long PAUSE_NANOS = 20_000_000;
    /** Each is one pause of the JVM. */
    private static final int CLASSES_PER_WEAVING = 32;
    private static final long WEAVING_PAUSE_NANOS = 50_000_000;
    /** What the JVM makes of a lambda; the class that it stands in tells of it. */
    private static final String LAMBDA = "$$Lambda";

    private static final Logger LOG = LoggerFactory.getLogger(CallerSearch.class);

    private final Instrumentation instrumentation;
    private final GateTransformer transformer;
    private final Optional<ConstantPools> pools;
    private final Callee callee;
    private final Weaver weaver;

    /** Weaves loaded classes. */
    @FunctionalInterface
    interface Weaver {

        /**
         * Weaves some anew, in one pause.
         *
         * @param failed told of each that the JVM refuses
         * @return false when that is not wanted any more
         */
        boolean weave(List<Class<?>> types, Consumer<Class<?>> failed);
    }

    CallerSearch(Instrumentation instrumentation, GateTransformer transformer, Optional<ConstantPools> pools, Callee callee,
            Weaver weaver) {
        this.instrumentation = instrumentation;
        this.transformer = transformer;
        this.pools = pools;
        this.callee = callee;
        this.weaver = weaver;
    }

    // ---- which types the method can be called by

    /** Tells the callee who extends its class, who has a method of its own in its place, and by which types it is called. */
    void findFamily() {
        Class<?>[] loaded = instrumentation.getAllLoadedClasses();
        String name = callee.target().place().type();
        List<Class<?>> owners = Arrays.stream(loaded).filter(type -> type.getName().equals(name)
                && LoadedClasses.isHost(type.getClassLoader(), name)).toList();
        List<Class<?>> below = Arrays.stream(loaded).filter(type -> !owners.contains(type)
                && owners.stream().anyMatch(owner -> owner.isAssignableFrom(type))).toList();
        Set<Class<?>> above = new LinkedHashSet<>();
        owners.forEach(type -> addSupertypes(type, above));
        below.forEach(type -> addSupertypes(type, above));
        owners.forEach(above::remove);
        below.forEach(above::remove);
        callee.throughAlso(above.stream().map(CallerSearch::internalName).toList());
        Set<Class<?>> unclear = new LinkedHashSet<>(owners);
        below.stream().filter(this::mayDeclare).forEach(unclear::add);
        above.stream().filter(type -> LoadedClasses.isHost(type.getClassLoader(), type.getName()))
                .filter(this::mayDeclare).forEach(unclear::add);
        LoadedClasses files = new LoadedClasses(instrumentation, transformer,
                unclear.stream().map(Class::getName).collect(Collectors.toSet()));
        for (Class<?> type : unclear) {
            Optional<MethodCode> own = files.bytes(type).map(bytes -> MethodCode.of(bytes).stream()
                    .filter(code -> code.name().equals(callee.name()) && code.descriptor().equals(callee.descriptor()))
                    .findFirst()).orElseGet(() -> unknown(type, owners, below));
            own.ifPresent(code -> learn(type, code, owners, below));
        }
        below.forEach(type -> callee.extendedBy(internalName(type), inherits(type, owners)));
    }

    private Optional<MethodCode> unknown(Class<?> type, Collection<Class<?>> owners, Collection<Class<?>> below) {
        if (below.contains(type)) {
            callee.declaredBy(internalName(type));
        } else if (!owners.contains(type)) {
            callee.notThrough(internalName(type));
        }
        callee.unread();
        return Optional.empty();
    }

    private void learn(Class<?> type, MethodCode code, Collection<Class<?>> owners, Collection<Class<?>> below) {
        if (owners.contains(type)) {
            callee.isPrivate(code.isPrivate());
        } else if (below.contains(type)) {
            callee.declaredBy(internalName(type));
        } else if (code.isPrivate() || code.isStatic()) {
            callee.notThrough(internalName(type));
        }
    }

    private boolean inherits(Class<?> type, Collection<Class<?>> owners) {
        Class<?> each = type;
        while (each != null && !owners.contains(each) && !callee.isOther(internalName(each))) {
            each = each.getSuperclass();
        }
        return each != null && owners.contains(each);
    }

    private boolean mayDeclare(Class<?> type) {
        try {
            return pools.isEmpty() || pools.get().mentions(type, callee.name(), callee.descriptor());
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static void addSupertypes(Class<?> type, Set<Class<?>> to) {
        if (type.getSuperclass() != null && to.add(type.getSuperclass())) {
            addSupertypes(type.getSuperclass(), to);
        }
        for (Class<?> each : type.getInterfaces()) {
            if (to.add(each)) {
                addSupertypes(each, to);
            }
        }
    }

    private static String internalName(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    // ---- who calls it

    @Override
    public void run() {
        if (pools.isEmpty()) {
            callee.unsearchable("this JVM does not tell what its classes refer to");
            return;
        }
        long start = System.nanoTime();
        List<WeakReference<Class<?>>> loaded = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (!type.isArray() && LoadedClasses.isHost(type.getClassLoader(), type.getName())
                    && !(type.isHidden() && type.getName().contains(LAMBDA))) {
                loaded.add(new WeakReference<>(type));
            }
        }
        List<WeakReference<Class<?>>> near = new ArrayList<>();
        List<WeakReference<Class<?>>> wide = new ArrayList<>();
        for (int i = 0; i < loaded.size(); i++) {
            Class<?> type = loaded.get(i).get();
            if (type != null) {
                sort(type, loaded.get(i), near, wide);
            }
            if ((i + 1) % CLASSES_PER_PORTION == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (wide.size() > MAX_WIDE) {
            callee.narrow();
            wide.stream().map(WeakReference::get).filter(type -> type != null)
                    .forEach(type -> callee.left(internalName(type), loader(type)));
        } else {
            near.addAll(wide);
        }
        long read = System.nanoTime();
        if (weave(near)) {
            callee.searched();
            LOG.info("immunity: {}; {} classes were read in {} ms, and {} of them woven in {} ms", callee.text(), loaded.size(),
                    (read - start) / 1_000_000, callee.classes(), (System.nanoTime() - read) / 1_000_000);
        }
    }

    private void sort(Class<?> type, WeakReference<Class<?>> reference, List<WeakReference<Class<?>>> near,
            List<WeakReference<Class<?>>> wide) {
        Set<String> owners = new HashSet<>();
        try {
            owners.addAll(pools.orElseThrow().owners(type, callee.name(), callee.descriptor()));
        } catch (IllegalStateException e) {
            callee.unread();
        }
        owners.removeIf(owner -> !callee.isCalledBy(owner));
        if (owners.isEmpty()) {
            return;
        }
        if (!instrumentation.isModifiableClass(type)) {
            callee.closed(internalName(type), loader(type));
        } else if (owners.stream().allMatch(callee::isWide)) {
            wide.add(reference);
        } else {
            near.add(reference);
        }
    }

    private boolean weave(List<WeakReference<Class<?>>> callers) {
        for (int from = 0; from < callers.size(); from += CLASSES_PER_WEAVING) {
            List<Class<?>> batch = new ArrayList<>();
            for (WeakReference<Class<?>> each : callers.subList(from, Math.min(callers.size(), from + CLASSES_PER_WEAVING))) {
                Class<?> type = each.get();
                if (type != null && !callee.isGatedIn(internalName(type), loader(type))) {
                    batch.add(type);
                }
            }
            if (!weaver.weave(batch, type -> callee.closed(internalName(type), loader(type)))) {
                return false;
            }
            LockSupport.parkNanos(WEAVING_PAUSE_NANOS);
        }
        return true;
    }

    private static int loader(Class<?> type) {
        return System.identityHashCode(type.getClassLoader());
    }
}
