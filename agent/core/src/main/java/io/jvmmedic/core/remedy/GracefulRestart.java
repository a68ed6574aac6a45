package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Ends the process so that its supervisor starts a new one: readiness down, drain, records to disk, exit, and halt when
 * the shutdown hooks do not end. For what cannot be healed inside the process. Off until configured; how often it may
 * happen is the policy's business.
 */
public final class GracefulRestart implements Remedy {

    public static final String NAME = "graceful-restart";

    /** The platform cuts a termination message here; so do we, between two characters. */
    static final int TERMINATION_LOG_BYTES = 4_096;
    /** What the records may take to reach the disk; a disk that hangs must not keep a drained process alive. */
    static final long LAST_WORDS_MILLIS = 10_000;
    /** How often the drain looks whether the restart is still wanted. */
    private static final long STEP_MILLIS = 1_000;
    private static final Duration SLACK = Duration.ofSeconds(30);

    private enum Phase { READY, DRAINING, LAST_WORDS, EXITING }

    private final Optional<ReadinessFile> readinessFile;
    private final Optional<Path> terminationLog;
    private final Duration drain;
    private final Duration haltAfter;
    private final int exitCode;
    private final FinalRites rites;
    private final Supplier<Optional<String>> veto;
    private final ProcessEnd end;

    /**
     * @param veto why nothing may be done any more, for example because the mode was set to off; asked while draining,
     *     up to the exit. Empty while it may
     */
    public GracefulRestart(MedicConfig config, FinalRites rites, Supplier<Optional<String>> veto) {
        this(config, rites, veto, ProcessEnd.REAL);
    }

    GracefulRestart(MedicConfig config, FinalRites rites, Supplier<Optional<String>> veto, ProcessEnd end) {
        this.readinessFile = ReadinessFile.of(config);
        this.terminationLog = Optional.of(config.get(Options.RESTART_TERMINATION_LOG))
                .filter(path -> !path.isEmpty()).map(Path::of);
        this.drain = config.get(Options.RESTART_DRAIN);
        this.haltAfter = config.get(Options.RESTART_HALT_AFTER);
        this.exitCode = config.get(Options.RESTART_EXIT_CODE);
        this.rites = rites;
        this.veto = veto;
        this.end = end;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.DRASTIC;
    }

    @Override
    public Duration deadline() {
        return drain.plusMillis(LAST_WORDS_MILLIS).plus(haltAfter).plus(SLACK);
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        ResourceId id = diagnosis.resource();
        Optional<String> problem = readinessFile.flatMap(ReadinessFile::problem).or(() -> LockCycle.resolved(diagnosis));
        if (problem.isPresent()) {
            return new Preparation.Impossible(id + ": " + problem.get());
        }
        Duration within = haltAfter.plus(SLACK);
        Claim claim = new Claim("after " + drain.toSeconds() + " s of draining the process ends with exit code " + exitCode
                + ", " + haltAfter.toSeconds() + " s later at the latest", within);
        Plan plan = new Plan(id, NAME, risk(), diagnosis.primary().confidence(),
                diagnosis.primary().evidence().proof(), claim,
                "none after the exit; while draining, the readiness file is removed if the restart is called off");
        return new Preparation.Ready(plan, new Restart(diagnosis));
    }

    private final class Restart implements Action {

        private final Diagnosis diagnosis;
        private final String reason;
        private volatile Phase phase = Phase.READY;

        private Restart(Diagnosis diagnosis) {
            this.diagnosis = diagnosis;
            this.reason = oneLine("restart, exit code " + exitCode + ", because of " + diagnosis.primary().summary());
        }

        @Override
        public Optional<String> noLongerNeeded() {
            return LockCycle.resolved(diagnosis);
        }

        @Override
        public String observe() {
            return "phase=" + phase.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public void apply() throws Exception {
            phase = Phase.DRAINING;
            if (readinessFile.isPresent()) {
                readinessFile.get().create(reason);
            }
            try {
                drain();
            } catch (Exception | Error e) {
                phase = Phase.READY;
                if (readinessFile.isPresent()) {
                    readinessFile.get().remove();
                }
                throw e;
            }
            leave();
        }

        /** The point of no return: whatever fails from here on, the drained process ends. */
        private void leave() {
            try {
                phase = Phase.LAST_WORDS;
                end.start("last-words", this::lastWords).join(LAST_WORDS_MILLIS);
            } catch (InterruptedException | OutOfMemoryError e) {
                // The journal has the decision already; only what the last flush would have added is at stake.
            }
            phase = Phase.EXITING;
            try {
                end.start("halt", this::haltAtDeadline);
                end.start("exit", () -> end.exit(exitCode));
            } catch (OutOfMemoryError e) {
                // No thread can be created any more, so none could cut hanging shutdown hooks.
                end.halt(exitCode);
            }
        }

        private void drain() throws InterruptedException {
            long until = end.monotonicMillis() + drain.toMillis();
            checkWanted();
            for (long rest = drain.toMillis(); rest > 0; rest = until - end.monotonicMillis()) {
                end.pause(Math.min(STEP_MILLIS, rest));
                checkWanted();
            }
        }

        private void checkWanted() {
            veto.get().or(this::noLongerNeeded).ifPresent(why -> {
                throw new IllegalStateException(diagnosis.resource() + ": restart called off while draining, " + why);
            });
        }

        /** What users see first comes first: flushing may hang. */
        private void lastWords() {
            String problem = terminationLog.map(this::writeTerminationLog).orElse("");
            try {
                rites.flush(reason + problem);
            } catch (Exception e) {
                // What could be told of it was to be told by this very call, and the process ends either way.
            }
        }

        /** In place and not by a rename, for in a container it is a mount of its own; returns what went wrong. */
        private String writeTerminationLog(Path file) {
            try {
                Files.write(file, cut(ReadinessFile.MARK + reason + "\n"));
                return "";
            } catch (IOException e) {
                return "; " + Options.RESTART_TERMINATION_LOG.key() + " could not be written: " + e;
            }
        }

        private void haltAtDeadline() {
            try {
                end.pause(haltAfter.toMillis());
            } catch (InterruptedException e) {
                // Nobody interrupts this thread on purpose; a process that should be gone is halted early then.
            }
            end.halt(exitCode);
        }

        /** The process is still there as long as anybody can ask. */
        @Override
        public boolean claimHolds() {
            return false;
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").trim();
    }

    /** As many whole characters as fit. */
    static byte[] cut(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(TERMINATION_LOG_BYTES);
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), bytes, true);
        byte[] fitting = new byte[bytes.flip().remaining()];
        bytes.get(fitting);
        return fitting;
    }
}
