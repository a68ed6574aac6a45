package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.bootstrap.Bridge;
import io.jvmmedic.bootstrap.Gates;
import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.immunity.Guarded.Target;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import io.jvmmedic.core.resource.GateView;
import io.jvmmedic.core.util.Jdk;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the signatures of deadlocks and, where enabled, keeps them from happening again: in this process for later calls,
 * and after a restart from the start.
 *
 * <p>Thread-safe. Recording and reading take milliseconds to a second and may pause the JVM for a retransformation.
 */
public final class Immunity implements GateView {

    private static final Logger LOG = LoggerFactory.getLogger(Immunity.class);

    private final Instrumentation instrumentation;
    private final boolean enabled;
    private final long limitNanos;
    private final ModuleOpener opener;
    private final Consumer<String> warnings;
    private final GateTransformer transformer;
    private final GateHouse house = new GateHouse();
    private final Map<String, Signature> known = new LinkedHashMap<>();
    private final Map<String, Guarded> guarded = new LinkedHashMap<>();
    private final Map<String, String> refused = new LinkedHashMap<>();
    private final Set<String> initialized = new HashSet<>();
    private final Set<String> told = new HashSet<>();
    private Optional<SignatureFile> file = Optional.empty();
    private boolean installed;
    private boolean engaged;

    /**
     * @param enabled whether gates are built; without it signatures are recorded only
     * @param limit nobody waits longer in front of a gate
     * @param warnings gets one sentence for each signature that is refused
     */
    public Immunity(Instrumentation instrumentation, ModuleOpener opener, boolean enabled, Duration limit,
            Consumer<String> warnings) {
        this.instrumentation = instrumentation;
        this.enabled = enabled;
        this.limitNanos = limit.toNanos();
        this.opener = opener;
        this.warnings = warnings;
        this.transformer = new GateTransformer(this::refused);
    }

    /**
     * Where signatures are kept; reads those that are there, and builds their gates where that is enabled.
     *
     * @param beforeMain no thread of the application runs yet, so its classes may be initialized in order
     */
    public synchronized void open(Path path, boolean beforeMain) {
        SignatureFile signatures = new SignatureFile(path, warnings);
        file = Optional.of(signatures);
        signatures.read().forEach(signature -> {
            if (known.putIfAbsent(signature.id(), signature) == null) {
                guard(signature);
                if (beforeMain && enabled && engaged && !signature.initialize().isEmpty()) {
                    initialize(signature);
                }
            }
        });
    }

    private void initialize(Signature signature) {
        try {
            String problem = ClassOrder.initialize(signature.initialize(), Duration.ofNanos(limitNanos));
            if (problem.isEmpty()) {
                initialized.add(signature.id());
            } else {
                refuse(signature, problem);
            }
        } catch (IllegalStateException e) {
            refuse(signature, e.getMessage() + "; it is removed from the file, so the next start does without");
            forget(signature);
        }
    }

    private void refuse(Signature signature, String why) {
        refused.put(signature.id(), why);
        warnings.accept("signature " + signature.id() + " is refused, " + why);
    }

    /** A class that needs what main does first would fail at each start, and because of us. */
    private void forget(Signature signature) {
        try {
            file.orElseThrow().remove(signature);
        } catch (IOException e) {
            warnings.accept("signature " + signature.id() + " cannot be removed, take it out of the file: " + e);
        }
    }

    /**
     * Gates are in force while this is true; else none is built, and those that are there let everybody pass. Called again
     * and again, it also tells which of them have found all of their places meanwhile.
     */
    public synchronized void engage(boolean wanted) {
        if (engaged != wanted) {
            engaged = wanted;
            connect();
            known.values().forEach(this::guard);
        }
        guarded.values().stream().filter(gate -> engaged && gate.isComplete() && told.add(gate.signature().id()))
                .forEach(gate -> LOG.info("immunity: {} is gated (signature {})", gate.signature().text(),
                        gate.signature().id()));
    }

    private void connect() {
        Hooks.connectGates(engaged && !guarded.isEmpty() ? house : Gates.NONE);
    }

    /**
     * Records the deadlock in which these threads stand.
     *
     * @param threads ids of platform threads, each waits for a lock of the next, the last for one of the first
     * @return what was recorded, one sentence
     * @throws IllegalStateException with a sentence when no signature can be taken
     */
    public String record(List<Long> threads) throws IOException {
        if (!Jdk.hasModule("java.management")) {
            throw new IllegalStateException("without the module java.management no stack tells which monitors are held");
        }
        return record(Stacks.of(threads), Instant.now());
    }

    synchronized String record(List<StuckThread> cycle, Instant when) throws IOException {
        install();
        List<Signature> signatures = new SignatureTaker(names -> {
            LoadedClasses classes = new LoadedClasses(instrumentation, transformer, names);
            return classes::bytes;
        }).take(cycle, when);
        List<String> sentences = new ArrayList<>();
        for (Signature signature : signatures) {
            sentences.add(record(signature));
        }
        return String.join("; ", sentences);
    }

    private String record(Signature signature) throws IOException {
        boolean fresh = known.putIfAbsent(signature.id(), signature) == null;
        if (fresh) {
            guard(signature);
        }
        if (file.isPresent()) {
            file.get().add(signature);
        }
        String sentence = "signature " + signature.id() + (fresh ? "" : ", known already") + ": " + signature.text()
                + (enabled ? "" : "; with immunity.enabled=true it would not happen again");
        LOG.info("immunity: {}", sentence);
        return sentence;
    }

    private void guard(Signature signature) {
        if (!enabled || !engaged || signature.positions().isEmpty() || guarded.containsKey(signature.id())
                || refused.containsKey(signature.id())) {
            return;
        }
        try {
            Guarded fresh = new Guarded(signature, house, limitNanos, new LockOwners(opener));
            guarded.put(signature.id(), fresh);
            install();
            connect();
            transformer.add(fresh);
            weaveLoaded(fresh);
        } catch (IllegalArgumentException e) {
            refuse(signature, e.getMessage());
        }
    }

    private void install() {
        if (!installed) {
            installed = true;
            instrumentation.addTransformer(transformer, true);
        }
    }

    /** What is loaded already; a synchronized method of it is out of reach, but its callers are not. */
    private void weaveLoaded(Guarded fresh) {
        Set<String> names = fresh.targets().stream().map(target -> target.place().type()).collect(Collectors.toSet());
        LoadedClasses classes = new LoadedClasses(instrumentation, transformer, names);
        List<CallerSearch> searches = new ArrayList<>();
        for (Target target : fresh.targets()) {
            if (target.job().kind() == Kind.METHOD
                    && classes.named(target.place().type()).stream().anyMatch(type -> !transformer.isRewritten(type))) {
                searches.add(searchFor(new Callee(target)));
            }
        }
        retransform(names.stream().flatMap(name -> classes.named(name).stream()).toList());
        if (!searches.isEmpty()) {
            new MedicThread(() -> searches.forEach(CallerSearch::run), "weaver").start();
        }
    }

    /** Knows who is meant from now on; all but the calls of the signature itself are looked for later. */
    private CallerSearch searchFor(Callee callee) {
        house.ask(callee.target().job().site(), callee);
        callee.target().guarded().reachByCallers(callee);
        transformer.add(callee);
        CallerSearch search = new CallerSearch(instrumentation, transformer, ConstantPools.open(opener), callee,
                this::weaveCallers);
        search.findFamily();
        return search;
    }

    private synchronized boolean weaveCallers(List<Class<?>> types, Consumer<Class<?>> failed) {
        if (!installed) {
            return false;
        }
        try {
            instrumentation.retransformClasses(types.toArray(Class<?>[]::new));
        } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError e) {
            LOG.debug("{}: could not be gated together", types, e);
            for (Class<?> type : types) {
                if (!retransform(List.of(type))) {
                    failed.accept(type);
                }
            }
        }
        return true;
    }

    /** False when the JVM refuses one of them, and so all. */
    private boolean retransform(List<Class<?>> types) {
        try {
            if (!types.isEmpty()) {
                instrumentation.retransformClasses(types.toArray(Class<?>[]::new));
            }
            return true;
        } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError e) {
            LOG.warn("{}: could not be gated or freed of gates", types, e);
            return false;
        }
    }

    /** On the thread that loads a class, so everything else happens on another one. */
    private void refused(Guarded gate) {
        new MedicThread(() -> {
            warnings.accept("signature " + gate.signature().id() + " is refused, " + gate.refusal());
            Set<String> names = gate.targets().stream().map(target -> target.place().type()).collect(Collectors.toSet());
            LoadedClasses classes = new LoadedClasses(instrumentation, transformer, names);
            List<Class<?>> woven = new ArrayList<>(names.stream().flatMap(name -> classes.named(name).stream()).toList());
            for (Class<?> type : instrumentation.getAllLoadedClasses()) {
                if (!woven.contains(type) && gate.callees().stream().anyMatch(callee -> GateTransformer.isCaller(type, callee))) {
                    woven.add(type);
                }
            }
            retransform(woven);
        }, "weaver").start();
    }

    /** Holds of all gates now. */
    synchronized int inside() {
        return guarded.values().stream().mapToInt(each -> each.gate().inside()).sum();
    }

    @Override
    public synchronized List<Row> rows() {
        return known.values().stream().map(this::row).toList();
    }

    private Row row(Signature signature) {
        Guarded gate = guarded.get(signature.id());
        if (gate == null) {
            String why = refused.getOrDefault(signature.id(), "");
            String state = !why.isEmpty() ? "REFUSED" : initialized.contains(signature.id()) ? "INITIALIZED" : "RECORDED";
            String reason = !state.equals("RECORDED") ? why : !enabled ? "immunity.enabled=true makes use of it"
                    : "it is made use of " + (signature.positions().isEmpty() ? "at the next start" : "when the mode is heal");
            return new Row(signature.id(), signature.recorded(), state, signature.text(), 0, 0, 0, 0, 0, reason);
        }
        List<String> missing = gate.missing();
        String state = !gate.refusal().isEmpty() ? "REFUSED" : gate.gate().isWithdrawn() ? "WITHDRAWN"
                : missing.size() == signature.places().size() ? "NOT SEEN" : !missing.isEmpty() ? "PARTLY"
                : engaged ? "GATED" : "OPEN";
        String reason = switch (state) {
            case "REFUSED" -> gate.refusal();
            case "WITHDRAWN" -> "its time limit ran out " + gate.gate().bypasses() + " times, so it lets everybody pass";
            case "NOT SEEN", "PARTLY" -> "matches nothing yet: no class with " + String.join(", ", missing) + " was loaded";
            case "OPEN" -> "lets everybody pass while the mode is not heal";
            default -> gate.callees().stream().map(Callee::text).collect(Collectors.joining("; "));
        };
        return new Row(signature.id(), signature.recorded(), state, signature.text(), gate.gate().passes(),
                gate.gate().waits(), gate.gate().waitedNanos() / 1_000_000, gate.gate().bypasses(), gate.gate().asides(),
                reason);
    }

    /**
     * Opens all gates and takes them out of the host's code. A class with a synchronized method that was gated from its
     * loading on keeps its form, in which the method takes its monitor itself: the JVM lets nobody change it back, and would
     * refuse any other agent that wanted to change the class. So what gives it this form stays, in a loader of its own.
     */
    public synchronized void uninstall() {
        Hooks.connectGates(Gates.NONE);
        guarded.values().forEach(each -> each.gate().open());
        if (!installed) {
            return;
        }
        installed = false;
        List<Class<?>> restored = new ArrayList<>();
        List<Class<?>> kept = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (transformer.isTarget(type) && instrumentation.isModifiableClass(type)) {
                (transformer.isRewritten(type) ? kept : restored).add(type);
            }
        }
        List<Object[]> form = transformer.kept();
        transformer.clear();
        if (form.isEmpty() || keep(form)) {
            instrumentation.removeTransformer(transformer);
        }
        retransform(restored);
        retransform(kept);
    }

    private boolean keep(List<Object[]> form) {
        try {
            instrumentation.addTransformer((ClassFileTransformer) Bridge.lasting(KeptForm.class.getName(), form), true);
            LOG.info("immunity: classes with gated synchronized methods keep their form until the JVM ends");
            return true;
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            LOG.warn("immunity: what keeps the form of gated synchronized methods cannot be made, so the agent stays loaded", e);
            return false;
        }
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Stacks {

        static List<StuckThread> of(List<Long> threads) {
            if (threads.stream().anyMatch(id -> id < 0)) {
                throw new IllegalStateException("where a virtual thread took its locks is not told by the JVM");
            }
            ThreadInfo[] infos = ManagementFactory.getThreadMXBean()
                    .getThreadInfo(threads.stream().mapToLong(Long::longValue).toArray(), true, false);
            if (Arrays.stream(infos).anyMatch(info -> info == null)) {
                throw new IllegalStateException("a thread of the cycle has ended");
            }
            return Arrays.stream(infos).map(StuckThread::of).toList();
        }
    }
}
