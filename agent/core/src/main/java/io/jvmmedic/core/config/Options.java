package io.jvmmedic.core.config;

import io.jvmmedic.core.model.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Every key there is. The table in {@code docs/configuration.md} is checked against this file. */
public final class Options {

    private static final List<Option<?>> ALL = new ArrayList<>();

    public static final Option<Mode> MODE = add("mode", "heal",
            "off, observe (find and plan, never act) or heal (act on proof)", Parsers.oneOf(Mode.class));
    public static final Option<String> ACT_ON = add("act-on", "proof",
            "proof (only CERTAIN findings are treated) or suspicion (GENTLE remedies also on SUSPECTED)",
            Parsers.words("proof", "suspicion"));
    public static final Option<String> FILE = add("configuration-file", "",
            "YAML or properties file with these keys", Parsers.text());
    public static final Option<String> DIRECTORY = add("dir", "",
            "folder for incidents, journal and ledger; default: jvm-medic-<user> in the temp folder", Parsers.text());
    public static final Option<String> APP_NAME = add("app-name", "",
            "name under which budgets survive a restart; default: main class or jar", Parsers.text());
    public static final Option<String> KILL_FILE = add("kill-file", "",
            "while this file exists the mode is off", Parsers.text());
    public static final Option<Set<String>> EXCLUDE = add("exclude", "",
            "resources never touched, separated by |, * allowed: pool:reporting|executor:batch-*", Parsers.names());
    public static final Option<Set<String>> LONG_LIVED = add("long-lived", "",
            "borrow sites or resources whose leases may live for ever, separated by |, * allowed", Parsers.names());
    public static final Option<Set<String>> FORCE_ON_SUSPICION = add("force-on-suspicion", "",
            "resources whose FORCEFUL remedies need no proof, separated by |, * allowed", Parsers.names());
    public static final Option<Set<String>> DISABLED_INTEGRATIONS = add("disabled-integrations", "",
            "integrations not installed, separated by |: hikari|tomcatjdbc|dbcp2|agroal|c3p0|vibur|druid|ucp|httpclient5|jdkhttp",
            Parsers.names());
    public static final Option<Set<String>> DISABLED_DETECTORS = add("disabled-detectors", "",
            "detectors that stay silent, separated by |", Parsers.names());
    public static final Option<Set<String>> DISABLED_REMEDIES = add("disabled-remedies", "",
            "remedies never used, separated by |", Parsers.names());

    public static final Option<Duration> STARTUP_GRACE = add("startup-grace", "10s",
            "time after start in which only proof counts and nothing drastic is done", Parsers.duration());
    public static final Option<Duration> COOL_DOWN = add("cool-down", "500ms",
            "rest of a resource after a treatment that healed", Parsers.duration());
    public static final Option<Duration> COOL_DOWN_AFTER_FAILURE = add("cool-down-after-failure", "60s",
            "rest of a resource after a treatment that did not heal", Parsers.duration());
    public static final Option<Budget> BUDGET_RECLAIM = add("budget.reclaim", "600/10m",
            "treatments that reclaim leaked connections or abort leaked HTTP leases", Parsers.budget());
    public static final Option<Budget> BUDGET_GROW = add("budget.grow", "30/10m",
            "treatments that grow a pool or an executor", Parsers.budget());
    public static final Option<Budget> BUDGET_REARM = add("budget.rearm", "30/1h",
            "periodic tasks started again after an exception ended them", Parsers.budget());
    public static final Option<Budget> BUDGET_INTERRUPT = add("budget.interrupt", "10/10m",
            "stuck tasks cancelled with an interrupt", Parsers.budget());
    public static final Option<Budget> BUDGET_SHED = add("budget.shed", "10/10m",
            "times that half of a queue is cancelled", Parsers.budget());
    public static final Option<Budget> BUDGET_EVICT = add("budget.evict", "30/10m",
            "soft evictions of a pool, and releases of the idle workers of abandoned executors", Parsers.budget());
    public static final Option<Budget> BUDGET_ABORT = add("budget.abort", "30/10m",
            "treatments that abort sessions of a dead server", Parsers.budget());
    public static final Option<Budget> BUDGET_REVIVE = add("budget.revive", "3/1h",
            "revivals of what makes connections for a pool", Parsers.budget());
    public static final Option<Budget> BUDGET_RESET = add("budget.reset", "1/1h",
            "hard resets of a pool", Parsers.budget());
    public static final Option<Budget> BUDGET_BREAK = add("budget.break", "30/10m",
            "deadlocks broken by ending the wait of one thread, and lost locks released", Parsers.budget());
    public static final Option<Budget> BUDGET_DUMP = add("budget.dump", "1/10m",
            "full thread dumps; dumps of the involved threads are not limited by it", Parsers.budget());
    public static final Option<Budget> BUDGET_RESTART = add("budget.restart", "2/1h",
            "graceful restarts, counted across restarts", Parsers.budget());
    public static final Option<Budget> BUDGET_JVM = add("budget.jvm", "1000/10m",
            "all treatments of this JVM together", Parsers.budget());

    public static final Option<Duration> LEAK_SUSPECT_AFTER = add("leak.suspect-after", "2s",
            "a lease is suspected no earlier than this, nor before 4 x the learned 99.9th percentile of its site",
            Parsers.duration());
    public static final Option<String> GC_ASK = add("gc.ask", "auto",
            "asking for a GC when a leak is likely and none has come: auto (only where it is cheap), on, off",
            Parsers.words("auto", "on", "off"));
    public static final Option<Long> GC_MAX_HEAP = add("gc.max-heap", "1g",
            "auto asks for a GC that stops the world only below this much used heap", Parsers.bytes());
    public static final Option<Duration> GC_EVERY = add("gc.every", "3s",
            "at most one GC is asked for in this time, nor before 50 times as long as the last one took", Parsers.duration());

    public static final Option<Boolean> SERVER_ASK = add("server.ask", "true",
            "opens a connection beside a pool whose sessions fail, hang or jam, to ask the server about them", Parsers.flag());
    public static final Option<Duration> DEAD_PEER_SUSPECT_AFTER = add("dead-peer.suspect-after", "5s",
            "a statement without an answer is asked about no earlier than this, nor before 4 x the learned hold time of its site",
            Parsers.duration());
    public static final Option<Duration> CREATOR_SUSPECT_AFTER = add("creator.suspect-after", "15s",
            "a pool that wants a connection and gets none is suspected no earlier than this", Parsers.duration());

    public static final Option<Integer> POOL_GROW_CAP = add("pool.grow-cap", "50",
            "a pool is grown by at most this many percent of its maximum, and at least by 1", Parsers.number(1, 400));
    public static final Option<Integer> EXECUTOR_GROW_CAP = add("executor.grow-cap", "1000",
            "an executor is never grown beyond this many workers", Parsers.number(1, 100_000));
    public static final Option<Set<String>> SCHEDULE_REARM = add("schedule.rearm", "",
            "schedulers whose periodic tasks are started again after an exception ended them, separated by |, * allowed",
            Parsers.names());
    public static final Option<Boolean> LOST_LOCK_RELEASE = add("lost-lock.release", "false",
            "allows to release locks whose owner has ended without doing so; what they guard may be half done", Parsers.flag());
    public static final Option<String> BACKLOG_SHED = add("backlog.shed", "off",
            "which half of a queue that fills the heap is cancelled, off, oldest or newest; needs force-on-suspicion, too",
            Parsers.words("off", "oldest", "newest"));
    public static final Option<Duration> UNDO_AFTER = add("undo-after", "8s",
            "a loan is given back after it was not needed for this long", Parsers.duration());

    public static final Option<Boolean> RESET_ENABLED = add("reset.enabled", "false",
            "allows the hard reset of a pool, which closes all its connections, those in use too", Parsers.flag());
    public static final Option<Boolean> RESTART_ENABLED = add("restart.enabled", "false",
            "allows the graceful restart: drain, exit 86, halt at the deadline", Parsers.flag());
    public static final Option<String> RESTART_READINESS_FILE = add("restart.readiness-file", "",
            "file created when draining starts; point the readiness probe at it", Parsers.text());
    public static final Option<Duration> RESTART_DRAIN = add("restart.drain", "30s",
            "time between readiness down and exit", Parsers.duration());
    public static final Option<Duration> RESTART_HALT_AFTER = add("restart.halt-after", "20s",
            "time for shutdown hooks before the JVM is halted", Parsers.duration());
    public static final Option<Integer> RESTART_EXIT_CODE = add("restart.exit-code", "86",
            "exit code of a graceful restart", Parsers.number(1, 255));
    public static final Option<String> RESTART_TERMINATION_LOG = add("restart.termination-log", "",
            "file that gets one line before the exit, for example /dev/termination-log", Parsers.text());

    public static final Option<Boolean> IMMUNITY_ENABLED = add("immunity.enabled", "false",
            "builds gates from the signatures of deadlocks that were suffered; signatures are recorded in any case",
            Parsers.flag());
    public static final Option<Duration> IMMUNITY_LIMIT = add("immunity.limit", "2s",
            "nobody waits longer than this in front of a gate", Parsers.duration());

    public static final Option<Boolean> JFR = add("jfr", "true",
            "stream and record by Flight Recorder; false: detectors are fed directly", Parsers.flag());
    public static final Option<Duration> BLACKBOX_AGE = add("blackbox.max-age", "10m",
            "how far back the black-box recording reaches", Parsers.duration());
    public static final Option<Long> BLACKBOX_SIZE = add("blackbox.max-size", "64m",
            "largest size of the black-box recording", Parsers.bytes());
    public static final Option<Integer> INCIDENTS_MAX = add("incidents.max", "50",
            "incident folders kept per JVM", Parsers.number(1, 10_000));
    public static final Option<Long> INCIDENTS_SIZE = add("incidents.max-size", "256m",
            "size of all incident folders of a JVM together", Parsers.bytes());
    public static final Option<String> LOG = add("log", "stderr",
            "stderr, off, or a file", Parsers.text());
    public static final Option<String> LOG_LEVEL = add("log.level", "info",
            "error, warn, info or debug", Parsers.words("error", "warn", "info", "debug"));

    private Options() {
    }

    public static List<Option<?>> all() {
        return List.copyOf(ALL);
    }

    private static <T> Option<T> add(String key, String defaultText, String description,
            Function<String, T> parser) {
        Option<T> option = new Option<>(key, defaultText, description, parser);
        ALL.add(option);
        return option;
    }
}
