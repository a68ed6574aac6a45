package io.jvmmedic.core.boot;

import io.jvmmedic.bootstrap.Bridge;
import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.audit.AuditTrail;
import io.jvmmedic.core.audit.HomeFolder;
import io.jvmmedic.core.audit.IncidentFolders;
import io.jvmmedic.core.audit.Journal;
import io.jvmmedic.core.config.Budget;
import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Option;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.control.AgentProperties;
import io.jvmmedic.core.control.AttachRequest;
import io.jvmmedic.core.control.Commands;
import io.jvmmedic.core.control.DumpView;
import io.jvmmedic.core.control.IncidentBook;
import io.jvmmedic.core.control.LiveResources;
import io.jvmmedic.core.control.Mailbox;
import io.jvmmedic.core.control.Refusal;
import io.jvmmedic.core.control.StatusView;
import io.jvmmedic.core.detect.CarrierStarvationDetector;
import io.jvmmedic.core.detect.DeadPeerDetector;
import io.jvmmedic.core.detect.Detector;
import io.jvmmedic.core.detect.ExecutorBacklogDetector;
import io.jvmmedic.core.detect.ExecutorLeakDetector;
import io.jvmmedic.core.detect.ExecutorRejectingDetector;
import io.jvmmedic.core.detect.ExecutorSaturatedDetector;
import io.jvmmedic.core.detect.ExecutorSelfStarvationDetector;
import io.jvmmedic.core.detect.ExecutorStalledDetector;
import io.jvmmedic.core.detect.HttpPoolExhaustionDetector;
import io.jvmmedic.core.detect.LeakedConnectionDetector;
import io.jvmmedic.core.detect.LeakedResponseDetector;
import io.jvmmedic.core.detect.LockDeadlockDetector;
import io.jvmmedic.core.detect.LostLockDetector;
import io.jvmmedic.core.detect.NestedBorrowDetector;
import io.jvmmedic.core.detect.PinningDetector;
import io.jvmmedic.core.detect.PoolCreatorDetector;
import io.jvmmedic.core.detect.PoolExhaustionDetector;
import io.jvmmedic.core.detect.ScheduledSeriesDetector;
import io.jvmmedic.core.detect.StaleSessionsDetector;
import io.jvmmedic.core.detect.StuckTaskDetector;
import io.jvmmedic.core.detect.ThreadLeakDetector;
import io.jvmmedic.core.detect.WaitKnotDetector;
import io.jvmmedic.core.detect.WorkersDyingDetector;
import io.jvmmedic.core.diagnose.Diagnostician;
import io.jvmmedic.core.inquiry.ServerInquiry;
import io.jvmmedic.core.instrument.InstallReport;
import io.jvmmedic.core.instrument.Instrumenter;
import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.instrument.agroal.AgroalIntegration;
import io.jvmmedic.core.instrument.c3p0.C3p0Integration;
import io.jvmmedic.core.instrument.driver.DriverIntegration;
import io.jvmmedic.core.instrument.dbcp2.Dbcp2Integration;
import io.jvmmedic.core.instrument.druid.DruidIntegration;
import io.jvmmedic.core.instrument.executor.SeriesDeaths;
import io.jvmmedic.core.instrument.executor.ThreadCensus;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.instrument.httpclient5.HttpClient5Integration;
import io.jvmmedic.core.instrument.jdkhttp.JdkHttpIntegration;
import io.jvmmedic.core.instrument.vibur.ViburIntegration;
import io.jvmmedic.core.instrument.immunity.Immunity;
import io.jvmmedic.core.instrument.lock.DeadlockBreaker;
import io.jvmmedic.core.instrument.lock.LockGraph;
import io.jvmmedic.core.instrument.lock.ThreadWaits;
import io.jvmmedic.core.instrument.tomcatjdbc.TomcatJdbcIntegration;
import io.jvmmedic.core.instrument.ucp.UcpIntegration;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.policy.BudgetLedger;
import io.jvmmedic.core.policy.DatabaseLimits;
import io.jvmmedic.core.policy.Policy;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.remedy.AbortDeadSessions;
import io.jvmmedic.core.remedy.AbortHttpLease;
import io.jvmmedic.core.remedy.AskForGc;
import io.jvmmedic.core.remedy.BreakDeadlock;
import io.jvmmedic.core.remedy.CompensateLeak;
import io.jvmmedic.core.remedy.DumpAllThreads;
import io.jvmmedic.core.remedy.DumpBlackBox;
import io.jvmmedic.core.remedy.DumpInvolvedThreads;
import io.jvmmedic.core.remedy.ExplicitGc;
import io.jvmmedic.core.remedy.GracefulRestart;
import io.jvmmedic.core.remedy.GrowExecutor;
import io.jvmmedic.core.remedy.GrowPool;
import io.jvmmedic.core.remedy.InterruptTask;
import io.jvmmedic.core.remedy.Ladders;
import io.jvmmedic.core.remedy.ReadinessFile;
import io.jvmmedic.core.remedy.RearmSchedule;
import io.jvmmedic.core.remedy.ReclaimLeakedConnection;
import io.jvmmedic.core.remedy.RecordSignature;
import io.jvmmedic.core.remedy.ReleaseIdleWorkers;
import io.jvmmedic.core.remedy.ReleaseLostLock;
import io.jvmmedic.core.remedy.Remedy;
import io.jvmmedic.core.remedy.ResetPool;
import io.jvmmedic.core.remedy.RevivePool;
import io.jvmmedic.core.remedy.ShedBacklog;
import io.jvmmedic.core.remedy.SoftEvictPool;
import io.jvmmedic.core.remedy.ThreadText;
import io.jvmmedic.core.resource.LeaseProbes;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.signal.Sampler;
import io.jvmmedic.core.signal.Signals;
import io.jvmmedic.core.signal.ThreadCpu;
import io.jvmmedic.core.treatment.Engine;
import io.jvmmedic.core.treatment.Ward;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import io.jvmmedic.core.util.Globs;
import io.jvmmedic.core.util.Jdk;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All wiring, by hand; reads as the table of contents. A library, a detector or a remedy is one line here.
 *
 * <p>{@link #install} runs on the host's thread and is quick; {@link #open} runs on the start thread.
 */
final class Clinic {

    private static final Logger LOG = LoggerFactory.getLogger(Clinic.class);
    private static final DateTimeFormatter DUMP_TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(3);
    /** A JVM that ends while we start is kept for no longer. */
    private static final Duration SETTLE_LIMIT = Duration.ofMillis(500);
    private static final Duration DUMP_LIMIT = Duration.ofSeconds(20);
    /** From our own start to {@code main}, at most. */
    private static final long UNTIL_MAIN_NANOS = 500_000_000;
    private static final Duration SHADOW_PATIENCE = Duration.ofMinutes(10);

    private final MedicCore core;
    private final Instrumentation instrumentation;
    private final File jar;
    private final MedicConfig config;
    private final List<String> warnings = new ArrayList<>();
    private final boolean hotAttach;
    private final Clock clock = Clock.SYSTEM;
    private final long startedAt = clock.monotonicMillis();
    private final LiveMode mode;
    private final ResourceRegistry registry = new ResourceRegistry();
    private final Instrumenter instrumenter;
    private final LeaseProbes probes;
    private final ModuleOpener opener;
    private final SeriesDeaths endedSeries;
    private final Immunity immunity;

    private Optional<HomeFolder> home = Optional.empty();
    private Journal journal = Journal.none();
    private IncidentFolders folders = IncidentFolders.none();
    private AuditTrail trail;
    private IncidentBook book;
    private DatabaseLimits limits;
    private Policy policy;
    private ShadowBook shadows;
    private List<Detector> detectors = List.of();
    private List<Remedy> remedies = List.of();
    private Signals signals;
    private AskForGc gc;
    private ServerInquiry inquiry;
    private Engine engine;
    private Sampler sampler;
    /** Made late: what it looks at needs packages opened, handles and lambdas, a tenth of our CPU before {@code main}. */
    private ThreadCensus census;
    private LockGraph lockGraph;
    private ThreadWaits waits;
    private AgentProperties properties;
    private Commands commands;
    private Optional<Mailbox> mailbox = Optional.empty();
    private Thread shutdownHook;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile boolean opened;

    Clinic(MedicCore core, Instrumentation instrumentation, File jar, MedicConfig config, List<String> warnings,
            boolean hotAttach) {
        this.core = core;
        this.instrumentation = instrumentation;
        this.jar = jar;
        this.config = config;
        this.warnings.addAll(warnings);
        this.hotAttach = hotAttach;
        this.mode = new LiveMode(config.get(Options.MODE), config.get(Options.KILL_FILE));
        this.instrumenter = new Instrumenter(instrumentation, withDrivers(
                List.of(new HikariIntegration(),
                        new TomcatJdbcIntegration(),
                        new Dbcp2Integration(),
                        new AgroalIntegration(),
                        new C3p0Integration(),
                        new ViburIntegration(),
                        new DruidIntegration(),
                        new UcpIntegration(),
                        new HttpClient5Integration(),
                        new JdkHttpIntegration())),
                config.get(Options.DISABLED_INTEGRATIONS));
        this.probes = new LeaseProbes(registry, instrumenter.factories());
        this.opener = new ModuleOpener(instrumentation);
        this.endedSeries = new SeriesDeaths(opener, !config.get(Options.SCHEDULE_REARM).isEmpty());
        this.immunity = new Immunity(instrumentation, opener, config.get(Options.IMMUNITY_ENABLED),
                config.get(Options.IMMUNITY_LIMIT), warn());
    }

    private static List<Integration> withDrivers(List<Integration> libraries) {
        return Stream.concat(libraries.stream(), DriverIntegration.all().stream()).toList();
    }

    /** Connects the hooks and adds the transformer. Loads neither Byte Buddy nor Flight Recorder unless there are gates. */
    void install() {
        Hooks.connect(probes);
        instrumenter.install(probes::selfTested, this::watchForEndedSeries);
        if (config.get(Options.IMMUNITY_ENABLED)) {
            // Before the application's classes are loaded: a synchronized method can be gated then, and not later.
            immunity.engage(mode.get() == Mode.HEAL);
            openHome(!hotAttach);
        }
    }

    /**
     * The first thing to be woven, for a series may die in its first run. Not before main: the first change of a loaded class
     * stops the JVM for some 20 ms.
     */
    private void watchForEndedSeries() {
        endedSeries.install(instrumentation, () -> {
            if (!hotAttach) {
                HostMain.await(opener, UNTIL_MAIN_NANOS);
            }
        });
    }

    private void openHome(boolean beforeMain) {
        if (home.isEmpty()) {
            home = HomeFolder.open(config, warn());
            home.ifPresent(folder -> immunity.open(folder.signatures(), beforeMain));
        }
    }

    /** Everything slow. An error here leaves the host alone and the agent without effect. */
    void open() {
        try {
            waitForTheHost();
            if (listenForTheEnd()) {
                openFiles();
                openPolicy();
                openLoop();
                openControl();
                opened = true;
                LOG.info("started: mode {}, flight recorder {}, files in {}", mode.get(), signals.describe(),
                        home.map(folder -> folder.jvm().toString()).orElse("memory only"));
            }
        } catch (Throwable e) {
            LOG.error("not started, the application goes on without it", e);
            Hooks.disconnect();
        } finally {
            settled.countDown();
        }
    }

    /**
     * Before anything is started: Flight Recorder that is started in a JVM that ends prints errors on the host's stdout.
     *
     * @return false when the JVM ends already
     */
    private boolean listenForTheEnd() {
        shutdownHook = new MedicThread(this::shutDown, "shutdown");
        try {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void waitForTheHost() throws InterruptedException {
        if (!hotAttach) {
            HostStart.ofThisJvm().await(config.get(Options.STARTUP_GRACE));
        }
    }

    private void openFiles() {
        openHome(false);
        journal = home.map(folder -> Journal.in(folder.jvm(), warn())).orElseGet(Journal::none);
        folders = home.map(folder -> IncidentFolders.in(folder.jvm(), config.get(Options.INCIDENTS_MAX),
                config.get(Options.INCIDENTS_SIZE), warn())).orElseGet(IncidentFolders::none);
        becomeReady();
    }

    /** The process before this one may have taken itself out of service by a file that outlives it. */
    private void becomeReady() {
        try {
            if (ReadinessFile.removeStale(config)) {
                LOG.info("ready again: {} of the restart before is removed", Options.RESTART_READINESS_FILE.key());
            }
        } catch (IOException e) {
            warn().accept(Options.RESTART_READINESS_FILE.key() + ": the file of the restart before cannot be removed, "
                    + "this process stays out of service: " + e);
        }
    }

    private void openPolicy() {
        Duration keep = Policy.longestPeriod(config);
        BudgetLedger ledger = home.map(folder -> BudgetLedger.open(folder.ledger(), keep, clock, warn()))
                .orElseGet(() -> BudgetLedger.inMemory(keep, clock));
        Set<String> growing = Set.of(GrowPool.NAME, CompensateLeak.NAME);
        limits = home.map(folder -> DatabaseLimits.open(folder.limits(), growing, clock, warn()))
                .orElseGet(() -> DatabaseLimits.inMemory(growing, clock));
        policy = new Policy(config, clock, this::uptimeMillis, ledger, budgets(), drasticOptIns(), limits);
        shadows = new ShadowBook(clock, SHADOW_PATIENCE);
    }

    private static Map<String, Option<Budget>> budgets() {
        return Map.ofEntries(
                Map.entry(ReclaimLeakedConnection.NAME, Options.BUDGET_RECLAIM),
                Map.entry(AbortHttpLease.NAME, Options.BUDGET_RECLAIM),
                Map.entry(AbortDeadSessions.NAME, Options.BUDGET_ABORT),
                Map.entry(BreakDeadlock.NAME, Options.BUDGET_BREAK),
                Map.entry(ReleaseLostLock.NAME, Options.BUDGET_BREAK),
                Map.entry(GrowPool.NAME, Options.BUDGET_GROW),
                Map.entry(CompensateLeak.NAME, Options.BUDGET_GROW),
                Map.entry(GrowExecutor.NAME, Options.BUDGET_GROW),
                Map.entry(ReleaseIdleWorkers.NAME, Options.BUDGET_EVICT),
                Map.entry(RearmSchedule.NAME, Options.BUDGET_REARM),
                Map.entry(InterruptTask.NAME, Options.BUDGET_INTERRUPT),
                Map.entry(ShedBacklog.NAME, Options.BUDGET_SHED),
                Map.entry(SoftEvictPool.NAME, Options.BUDGET_EVICT),
                Map.entry(RevivePool.NAME, Options.BUDGET_REVIVE),
                Map.entry(ResetPool.NAME, Options.BUDGET_RESET),
                Map.entry(DumpAllThreads.NAME, Options.BUDGET_DUMP),
                Map.entry(GracefulRestart.NAME, Options.BUDGET_RESTART));
    }

    private static Map<String, Option<Boolean>> drasticOptIns() {
        return Map.of(GracefulRestart.NAME, Options.RESTART_ENABLED, ResetPool.NAME, Options.RESET_ENABLED);
    }

    private long uptimeMillis() {
        return ProcessHandle.current().info().startInstant()
                .map(start -> clock.millis() - start.toEpochMilli()).orElse(clock.monotonicMillis() - startedAt);
    }

    static List<Detector> detectors(MedicConfig config) {
        return List.<Detector>of(
                new LeakedConnectionDetector(config),
                new NestedBorrowDetector(config),
                new PoolExhaustionDetector(config),
                new DeadPeerDetector(config),
                new StaleSessionsDetector(config),
                new PoolCreatorDetector(config),
                new ExecutorSelfStarvationDetector(config),
                new ExecutorStalledDetector(config),
                new ExecutorSaturatedDetector(config),
                new ExecutorBacklogDetector(config),
                new ExecutorRejectingDetector(config),
                new WorkersDyingDetector(config),
                new StuckTaskDetector(config),
                new CarrierStarvationDetector(config),
                new PinningDetector(config),
                new ExecutorLeakDetector(config),
                new ThreadLeakDetector(config),
                new ScheduledSeriesDetector(config),
                new LockDeadlockDetector(config),
                new LostLockDetector(config),
                new WaitKnotDetector(config),
                new LeakedResponseDetector(config),
                new HttpPoolExhaustionDetector(config)).stream()
                .filter(one -> !config.get(Options.DISABLED_DETECTORS).contains(one.name())).toList();
    }

    private void openLoop() {
        detectors = detectors(config);
        signals = Signals.open(config, clock, round -> engine.offer(round));
        trail = new AuditTrail(journal, folders, signals.isRecorded(), mode, clock);
        book = new IncidentBook(trail, clock, id -> folders.folderOf(id).map(Object::toString).orElse(""));
        IncidentEvidence evidence = new IncidentEvidence(trail, folders, signals, clock);
        GrowPool growPool = new GrowPool(registry, config);
        census = new ThreadCensus(registry, opener, instrumenter.discoveries(registry, opener),
                Globs.of(config.get(Options.SCHEDULE_REARM)), endedSeries);
        lockGraph = new LockGraph(census, opener, instrumentation);
        waits = new ThreadWaits(registry, census, lockGraph);
        DeadlockBreaker breaker = new DeadlockBreaker(instrumentation, opener);
        remedies = List.of(
                new RecordSignature(immunity),
                new DumpInvolvedThreads(registry, census, evidence),
                new DumpAllThreads(census, evidence),
                new DumpBlackBox(evidence),
                new ReclaimLeakedConnection(registry, config),
                new SoftEvictPool(registry, clock),
                growPool,
                growPool.compensation(),
                new GrowExecutor(registry, waits, config),
                new RearmSchedule(registry, config),
                new ReleaseIdleWorkers(registry, config),
                new InterruptTask(registry),
                new ShedBacklog(registry, config),
                new AbortHttpLease(registry, config),
                new AbortDeadSessions(registry, clock),
                new RevivePool(registry),
                new ResetPool(registry),
                new BreakDeadlock(registry, census, breaker, lockGraph, trail::incidentOf),
                new ReleaseLostLock(waits, breaker, config),
                new GracefulRestart(config, reason -> lastWords(evidence, reason), this::vetoOnRestart));
        Ward ward = new Ward(Ladders.of(Ladders.EVIDENCE, remedies), Ladders.of(Ladders.STANDARD, remedies));
        inquiry = new ServerInquiry(config, registry, census, ThreadCpu.ofThisJvm(clock), signals::accept, clock);
        gc = new AskForGc(config, ExplicitGc.ofThisJvm(), clock);
        engine = new Engine(detectors, new Diagnostician()::diagnose, ward, policy, mode, shadows,
                new Closing(book, id -> recordAtEnd(evidence, id)), clock,
                config.get(Options.UNDO_AFTER), config.get(Options.COOL_DOWN_AFTER_FAILURE), this::ask);
        engine.start();
    }

    private void ask(Round round) {
        gc.observe(round);
        limits.observe(round).forEach(this::note);
        inquiry.observe(round, mode.get() == Mode.HEAL);
        if (mode.get() == Mode.HEAL && gc.refusal().isEmpty()) {
            note(gc.perform());
        }
    }

    /** The recording taken before the repair does not hold the repair: once more, now that the story is over. */
    private void recordAtEnd(IncidentEvidence evidence, String incident) {
        if (home.isPresent() && signals.isRecorded()) {
            DisposableCall.start(DUMP_LIMIT, clock, () -> evidence.wholeRecording(incident));
        }
    }

    /** The journal first, then the recording with the restart in it. */
    private void lastWords(IncidentEvidence evidence, String reason) throws IOException {
        Optional<String> incident = trail.lastWords(reason);
        if (incident.isPresent() && home.isPresent() && signals.isRecorded()) {
            evidence.wholeRecording(incident.get());
        }
    }

    private Optional<String> vetoOnRestart() {
        return mode.get() == Mode.HEAL ? Optional.empty() : Optional.of("mode is " + mode.get());
    }

    private void openControl() {
        properties = AgentProperties.open(instrumentation, warn());
        ClinicView view = new ClinicView(this);
        commands = new Commands(view);
        mailbox = home.flatMap(folder -> Mailbox.open(folder.jvm(), commands, properties, warn()));
        sampler = new Sampler(registry, census, census, signals, clock,
                () -> new Sampler.Health(mode.get().toString(), engine.underWay(), engine.dropped()), this::eachTick,
                lockGraph, waits, immunity);
        sampler.start();
        properties.announce(version(), mailbox.map(Mailbox::folder).orElse(null));
    }

    private void eachTick() {
        mode.look();
        immunity.engage(mode.get() == Mode.HEAL);
        census.betweenRounds();
        mailbox.ifPresent(Mailbox::poll);
    }

    /** As the agent jar's manifest has it: the core's own classes are no packages of that jar. */
    String version() {
        try (JarFile file = new JarFile(jar)) {
            String version = file.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            return version == null ? "unknown" : version;
        } catch (IOException e) {
            return "unknown";
        }
    }

    private Consumer<String> warn() {
        return sentence -> {
            synchronized (warnings) {
                if (warnings.size() < 100) {
                    warnings.add(sentence);
                }
            }
            LOG.warn("{}", sentence);
        };
    }

    /** A later attach; the answer is one line in the log, and where it asked for it, a reply. */
    void command(String arguments) {
        if (!opened) {
            LOG.info("the agent is still starting, the options of this attach change nothing");
            return;
        }
        LOG.info("{}", AttachRequest.handle(arguments, commands, properties));
    }

    /** In order: no new acts, loans back, stream and files last. Waits for no lock of the host. */
    private void shutDown() {
        try {
            settled.await(SETTLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (opened) {
                sampler.stop();
                engine.stop(STOP_LIMIT, "the JVM ends");
                mailbox.ifPresent(Mailbox::close);
                trail.noted("the JVM ends");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopEngine(String reason) {
        try {
            engine.stop(STOP_LIMIT, reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives loans back, restores every class and lets go of everything that could hold the loader. */
    void detach() {
        LOG.info("detaching");
        trail.noted("detached on request");
        Hooks.disconnect();
        sampler.stop();
        stopEngine("the agent is detached");
        instrumenter.uninstall();
        endedSeries.uninstall();
        immunity.uninstall();
        signals.close();
        mailbox.ifPresent(Mailbox::close);
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM ends anyhow.
        }
        LOG.info("detached");
        properties.withdraw();
        Bridge.detached(core);
    }

    // ---- read by the view

    /**
     * Writes what there is at this moment.
     *
     * @param full all threads; else those that hold or wait for something
     */
    DumpView dump(boolean full) throws Refusal, IOException {
        Path folder = home.map(HomeFolder::jvm).orElseThrow(() -> Refusal.refused(
                "Nothing can be dumped: the agent has no folder to write to, set dir to a writable one."));
        String time = DUMP_TIME.format(LocalDateTime.now());
        List<String> files = new ArrayList<>();
        Path threads = folder.resolve("dump-" + time + "-threads.txt");
        ThreadText text = new ThreadText((full ? "all threads" : "threads that hold or wait") + ", " + time);
        AtomicFiles.write(threads, file -> Files.writeString(file, full
                ? text.threads(Thread.getAllStackTraces()).toString() : text.threads(involved()).toString()));
        files.add(threads.toString());
        if (signals.isRecorded()) {
            Path recording = folder.resolve("dump-" + time + ".jfr");
            AtomicFiles.write(recording, signals::dump);
            files.add(recording.toString());
        }
        return new DumpView(files);
    }

    private List<Thread> involved() {
        Set<Thread> threads = new LinkedHashSet<>();
        registry.leases().waiters().forEach(waiter -> threads.add(waiter.thread()));
        Stream.concat(registry.pools().stream(), registry.httpPools().stream())
                .flatMap(pool -> registry.leases().of(pool).stream())
                .forEach(lease -> threads.add(census.byId(lease.threadId())));
        registry.executors().forEach(executor ->
                executor.blockedWorkers().forEach(blocked -> threads.add(blocked.worker())));
        threads.remove(null);
        return List.copyOf(threads);
    }

    void note(String text) {
        LOG.info("{}", text);
        trail.noted(text);
    }

    String appName() {
        return HomeFolder.appName(config);
    }

    long agentUptimeMillis() {
        return clock.monotonicMillis() - startedAt;
    }

    LiveMode mode() {
        return mode;
    }

    boolean isHotAttached() {
        return hotAttach;
    }

    Signals signals() {
        return signals;
    }

    String folder() {
        return home.map(folder -> folder.jvm().toString()).orElse("");
    }

    Engine engine() {
        return engine;
    }

    LiveResources resources() {
        return new LiveResources(registry, census, sampler::slotTimes);
    }

    /** One part per integration: the worst of what became of its classes. */
    List<StatusView.Part> integrationParts() {
        InstallReport report = instrumenter.report();
        return instrumenter.integrations().stream().map(integration -> {
            List<InstallReport.Row> problems = report.problems().stream()
                    .filter(row -> row.integration().equals(integration.name())).toList();
            String state = !problems.isEmpty() ? "NOT APPLIED"
                    : integration.weaves().isEmpty() || report.applied(integration.name()) ? "APPLIED" : "NOT SEEN";
            return new StatusView.Part(integration.name(), state, instrumenter.failure().isEmpty()
                    ? problems.stream().map(row -> row.type() + ": " + row.reason()).findFirst().orElse("")
                    : instrumenter.failure());
        }).toList();
    }

    Immunity immunity() {
        return immunity;
    }

    List<Detector> detectors() {
        return detectors;
    }

    List<Remedy> remedies() {
        return remedies;
    }

    /** Lock cycles are told by {@code java.management} only. */
    Set<String> impossibleSignals() {
        return Jdk.hasModule("java.management") ? Set.of() : Set.of(Signal.DEADLOCKED_THREAD);
    }

    Policy policy() {
        return policy;
    }

    ShadowBook shadows() {
        return shadows;
    }

    IncidentBook book() {
        return book;
    }

    MedicConfig config() {
        return config;
    }

    List<String> warnings() {
        synchronized (warnings) {
            return List.copyOf(warnings);
        }
    }
}
