package io.jvmmedic.waits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.detect.ExecutorSelfStarvationDetector;
import io.jvmmedic.core.detect.LockDeadlockDetector;
import io.jvmmedic.core.detect.LostLockDetector;
import io.jvmmedic.core.detect.NestedBorrowDetector;
import io.jvmmedic.core.detect.WaitKnotDetector;
import io.jvmmedic.core.diagnose.Diagnostician;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.WovenHost;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.instrument.httpclient5.HttpClient5Integration;
import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.instrument.lock.ThreadWaits;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.remedy.Preparation;
import io.jvmmedic.core.remedy.Remedy;
import io.jvmmedic.core.resource.GateView;
import io.jvmmedic.core.signal.Sampler;
import io.jvmmedic.core.signal.Signals;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.CoarseClock;
import java.lang.instrument.Instrumentation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.awaitility.core.ConditionTimeoutException;

/** This JVM with census, sampler and the detectors of waits at work, as {@code boot} puts them together. */
final class WaitWatch implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final MedicConfig config = MedicConfig.of(Map.of(Options.JFR.key(), "false"));
    private final List<Detector> detectors = List.of(new LockDeadlockDetector(config), new WaitKnotDetector(config),
            new ExecutorSelfStarvationDetector(config), new NestedBorrowDetector(config), new LostLockDetector(config));
    private final Diagnostician diagnostician = new Diagnostician();
    private final List<Diagnosis> diagnoses = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger rounds = new AtomicInteger();
    private final Signals signals = Signals.open(config, Clock.SYSTEM, this::round);
    private final Sampler sampler;

    final WovenHost host = new WovenHost(new HikariIntegration(), new HttpClient5Integration());
    final ThreadCensus census;
    final ThreadWaits waits;

    WaitWatch() throws InterruptedException {
        Instrumentation instrumentation = ByteBuddyAgent.install();
        ModuleOpener opener = new ModuleOpener(instrumentation);
        census = new ThreadCensus(host.registry, opener, List.of());
        LockGraph locks = new LockGraph(census, opener, instrumentation);
        waits = new ThreadWaits(host.registry, census, locks);
        sampler = new Sampler(host.registry, census, census, signals, Clock.SYSTEM,
                () -> new Sampler.Health("heal", 0, 0), () -> { }, locks, waits, GateView.NONE);
        sampler.start();
    }

    private void round(Round round) {
        try {
            diagnoses.addAll(diagnostician.diagnose(
                    detectors.stream().flatMap(detector -> detector.evaluate(round).stream()).toList(), round));
        } catch (Throwable e) {
            failures.add(e);
        } finally {
            rounds.incrementAndGet();
        }
    }

    /** The first diagnosis of this fault that is so sure. */
    Diagnosis awaitFault(Fault fault, Confidence confidence) {
        return awaitDiagnosis(one -> one.primary().fault() == fault && one.primary().confidence() == confidence);
    }

    Diagnosis awaitDiagnosis(Predicate<Diagnosis> wanted) {
        try {
            return await().atMost(PATIENCE).until(() -> diagnoses.stream().filter(wanted).findFirst().orElse(null),
                    one -> one != null);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("after " + rounds + " rounds believed only: "
                    + diagnoses.stream().map(one -> one.primary().confidence() + " " + one.primary().summary()).distinct().toList(), e);
        }
    }

    /** All so far that are more than a hint. */
    List<Diagnosis> ill() {
        return diagnoses.stream().filter(one -> one.primary().confidence().atLeast(Confidence.SUSPECTED)).toList();
    }

    /** Goes on for so many rounds from now. */
    void awaitRounds(int count) {
        int until = rounds.get() + count;
        await().atMost(PATIENCE).until(() -> rounds.get() >= until);
        assertEquals(List.of(), failures);
    }

    void heal(Remedy remedy, Diagnosis diagnosis) throws Throwable {
        Preparation.Ready ready = assertInstanceOf(Preparation.Ready.class, remedy.prepare(diagnosis));
        ready.action().apply();
        await().atMost(PATIENCE).until(ready.action()::claimHolds);
        await().atMost(PATIENCE).until(() -> ready.action().loan().orElseThrow().unneeded());
        ready.action().loan().orElseThrow().giveBack();
    }

    MedicConfig config() {
        return config;
    }

    @Override
    public void close() {
        sampler.stop();
        signals.close();
        host.close();
        CoarseClock.set(0);
        assertEquals(List.of(), failures);
    }
}
