package io.jvmmedic.core.instrument;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the hooks of all integrations into the host and takes them out again. {@link #install} is quick; what is slow
 * (Byte Buddy's first use, the self-test, classes that are loaded already) happens on an own daemon thread.
 *
 * <p>Thread-safe. No method throws into the host.
 */
public final class Instrumenter {

    private static final Logger LOG = LoggerFactory.getLogger(Instrumenter.class);
    private static final int SELF_TEST_VALUE = 41;

    private final Instrumentation instrumentation;
    private final List<Integration> integrations;
    private final Sites sites = new Sites();
    private final HookTransformer transformer;
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile boolean installed;
    private volatile String failure = "";

    /**
     * @param integrations all that exist
     * @param disabled names of integrations a user switched off
     */
    public Instrumenter(Instrumentation instrumentation, List<Integration> integrations, Set<String> disabled) {
        this.instrumentation = instrumentation;
        this.integrations = integrations.stream().filter(one -> !disabled.contains(one.name())).toList();
        List<Integration> all = new ArrayList<>(this.integrations);
        all.add(new SelfTest());
        this.transformer = new HookTransformer(all, sites, new ModuleOpener(instrumentation), this::undoLater);
    }

    /**
     * Factories by integration name, for the probes. A handle's class is not touched before there is something to handle:
     * linking it may need what this JVM has not, as {@code java.sql} in a small image.
     */
    public Map<String, HandleFactory> factories() {
        return integrations.stream().filter(one -> !one.weaves().isEmpty()).collect(Collectors.toMap(Integration::name,
                one -> (hostObject, registry) -> one.handles().open(hostObject, registry)));
    }

    /** The integrations in force: those that are not switched off. */
    public List<Integration> integrations() {
        return integrations;
    }

    /** How the integrations find what was there before us, for the census. */
    public List<ThreadDiscovery> discoveries(ResourceRegistry registry, ModuleOpener opener) {
        return integrations.stream().flatMap(one -> one.discoveries(registry, opener).stream()).toList();
    }

    /**
     * Installs the transformer and returns. Connect the probes first. The rest follows on a daemon thread; see
     * {@link #awaitReady}.
     *
     * @param selfTested whether the hook of the self-test has arrived at the connected probes
     */
    public void install(BooleanSupplier selfTested) {
        install(selfTested, () -> { });
    }

    /** @param first done on that thread before the rest: one more thread beside it would hold up the start of the host */
    public void install(BooleanSupplier selfTested, Runnable first) {
        // Loaded lazily inside class loading, it has been the cause of ClassCircularityErrors in other agents.
        ThreadLocalRandom.current();
        installed = true;
        instrumentation.addTransformer(transformer, true);
        new MedicThread(() -> {
            try {
                first.run();
            } finally {
                complete(selfTested);
            }
        }, "weaver").start();
    }

    /** Waits until loaded classes are woven and the self-test has run; false on timeout. */
    public boolean awaitReady(long millis) throws InterruptedException {
        return ready.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Why hooks do not work in this JVM at all; empty while all is well. */
    public String failure() {
        return failure;
    }

    /** Removes the transformer and restores every class that was touched. Returns when it is done. */
    public synchronized void uninstall() {
        if (!installed) {
            return;
        }
        installed = false;
        instrumentation.removeTransformer(transformer);
        retransform(type -> sites.all().stream().anyMatch(site -> site.covers(type)));
    }

    /** What became of each integration. */
    public InstallReport report() {
        List<InstallReport.Row> rows = new ArrayList<>();
        for (Site site : sites.all()) {
            site.rows().stream().filter(row -> !row.integration().equals(SelfTest.NAME)).forEach(rows::add);
        }
        for (Integration integration : integrations) {
            for (Weave weave : integration.weaves()) {
                boolean seen = rows.stream().anyMatch(row ->
                        row.integration().equals(integration.name()) && row.type().equals(weave.type()));
                if (!seen) {
                    rows.add(new InstallReport.Row(
                            integration.name(), weave.type(), "", InstallReport.State.NOT_SEEN, ""));
                }
            }
        }
        return new InstallReport(rows);
    }

    private void complete(BooleanSupplier selfTested) {
        try {
            instrumentation.retransformClasses(SelfTest.Dummy.class);
            SelfTest.Dummy.run(SELF_TEST_VALUE);
            if (!selfTested.getAsBoolean()) {
                failure = "the hook of the self-test did not fire, so nothing is woven; pools are not watched. "
                        + "Is another agent replacing classes of io.jvmmedic?";
                LOG.error("weaving: {}", failure);
                uninstall();
                return;
            }
            retransform(transformer::isTarget);
        } catch (Throwable e) {
            failure = "weaving failed: " + e;
            LOG.error("weaving: failed, pools are not watched", e);
            uninstall();
        } finally {
            ready.countDown();
        }
    }

    /** One batch, because each one is a safepoint; one by one only if the batch fails, to save those that can be. */
    private void retransform(Predicate<Class<?>> wanted) {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (wanted.test(type) && instrumentation.isModifiableClass(type)) {
                types.add(type);
            }
        }
        if (types.isEmpty()) {
            return;
        }
        try {
            instrumentation.retransformClasses(types.toArray(Class<?>[]::new));
        } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError batchFailed) {
            LOG.warn("weaving: a batch of {} classes failed, trying one by one", types.size(), batchFailed);
            types.forEach(this::retransformOne);
        }
    }

    private void retransformOne(Class<?> type) {
        try {
            instrumentation.retransformClasses(type);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError | InternalError e) {
            LOG.warn("{}: could not be retransformed", type.getName(), e);
            for (Site site : sites.all()) {
                if (site.covers(type) && site.close(type.getName(), "the JVM refused the woven class: " + e)) {
                    undoLater(site);
                }
            }
        }
    }

    /** On an own thread: the caller may be loading a class just now. */
    private void undoLater(Site site) {
        new MedicThread(() -> retransform(site::covers), "weaver").start();
    }
}
