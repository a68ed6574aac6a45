package io.jvmmedic.core.signal;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Jdk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals of this JVM: by Flight Recorder where it can be had, straight where not, and straight from the moment the
 * stream dies. Detectors cannot tell the difference.
 */
public final class Signals implements SignalSink {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final RoundAssembler assembler;
    private volatile Feed feed;

    private Signals(RoundAssembler assembler, Feed feed) {
        this.assembler = assembler;
        this.feed = feed;
    }

    /** Opens the best feed there is; takes about 0.4 s of CPU with Flight Recorder, so never on a host thread. */
    public static Signals open(MedicConfig config, Clock clock, Consumer<Round> target) {
        RoundAssembler assembler = new RoundAssembler(target);
        return new Signals(assembler, best(config, clock, assembler));
    }

    private static Feed best(MedicConfig config, Clock clock, SignalSink target) {
        if (!config.get(Options.JFR)) {
            return new DirectFeed(target, "Flight Recorder is switched off (jfr=false)");
        }
        if (!Jdk.hasModule("jdk.jfr")) {
            return degraded(target, "this Java has no module jdk.jfr; nothing is recorded, everything else works");
        }
        try {
            return new FlightRecorderFeed(target, clock,
                    config.get(Options.BLACKBOX_AGE), config.get(Options.BLACKBOX_SIZE));
        } catch (Throwable e) {
            // An unwritable temp folder ends in IllegalStateException, a foreign JVM in whatever it likes.
            return degraded(target, "Flight Recorder cannot start (" + e.getMessage()
                    + "); make the temp folder writable or set -XX:FlightRecorderOptions=repository=<folder>");
        }
    }

    private static Feed degraded(SignalSink target, String reason) {
        LOG.warn("flight recorder: not used: {}", reason);
        return new DirectFeed(target, reason);
    }

    @Override
    public void accept(Signal signal) {
        feed.accept(signal);
        if (signal.type().equals(Signal.HEALTH) && !feed.isAlive()) {
            Feed dead = feed;
            feed = degraded(assembler, "its stream fell silent; somebody may have stopped our recording");
            dead.close();
        }
    }

    /** How long the last round took from the sampler to the detectors, ms. */
    long delayMillis() {
        return feed.delayMillis();
    }

    public String describe() {
        return feed.describe();
    }

    /** Whether what is believed also stands in a recording; no more once the JVM has begun to end. */
    public boolean isRecorded() {
        return feed.isRecording();
    }

    /** Writes the black box to a file; throws when nothing is recorded. */
    public void dump(Path file) throws IOException {
        if (!feed.dump(file)) {
            throw new IOException("nothing is recorded, " + feed.describe());
        }
    }

    public void close() {
        feed.close();
    }
}
