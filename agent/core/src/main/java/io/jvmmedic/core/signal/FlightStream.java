package io.jvmmedic.core.signal;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordingStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in: our own events, and a few cheap ones of the JDK, as signals. Runs {@code start()} on an own daemon thread:
 * {@code startAsync()} makes a non-daemon thread on 17 and 25, and a host whose main has returned would never exit.
 *
 * <p>The callback copies and hands over, nothing else: an event committed on the stream's thread would vanish without
 * error. No maximum age or size: with them, chunks are deleted before they are read.
 */
final class FlightStream {

    /**
     * JDK events the stream enables, with a period or a threshold that is never below the JDK's own default profile:
     * settings merge across recordings, and ours must not bloat the user's.
     */
    static final Map<String, Duration> JDK_EVENTS = Map.of(
            "jdk.GarbageCollection", Duration.ZERO,
            "jdk.GCHeapSummary", Duration.ZERO,
            "jdk.CPULoad", Duration.ofSeconds(1),
            "jdk.JavaThreadStatistics", Duration.ofSeconds(1),
            "jdk.JavaMonitorEnter", Duration.ofSeconds(1),
            "jdk.SocketRead", Duration.ofSeconds(1),
            Signal.EXCEPTIONS, Duration.ofSeconds(1),
            Signal.PINNED, Duration.ofMillis(100),
            Signal.THREAD_START, Duration.ZERO);
    private static final Set<String> PERIODIC =
            Set.of("jdk.CPULoad", "jdk.JavaThreadStatistics", Signal.EXCEPTIONS);
    /** Their stacks say who did it, and are in the JDK's default profile. */
    static final Set<String> WITH_SITE = Set.of(Signal.THREAD_START, Signal.PINNED);

    private static final Logger LOG = LoggerFactory.getLogger(FlightStream.class);

    private final RecordingStream stream;
    private final Clock clock;
    private volatile long lastArrival;
    private volatile long delay;

    FlightStream(SignalSink target, Clock clock) {
        this.clock = clock;
        this.lastArrival = clock.monotonicMillis();
        stream = new RecordingStream();
        stream.setReuse(true);
        for (String type : JfrEvents.TYPES) {
            stream.enable(JfrEvents.PREFIX + type).withoutStackTrace();
            stream.onEvent(JfrEvents.PREFIX + type, event -> {
                lastArrival = clock.monotonicMillis();
                delay = clock.millis() - event.getStartTime().toEpochMilli();
                target.accept(EventCopy.of(event));
            });
        }
        JDK_EVENTS.forEach((name, limit) -> {
            if (PERIODIC.contains(name)) {
                stream.enable(name).withPeriod(limit);
            } else if (WITH_SITE.contains(name)) {
                stream.enable(name).withThreshold(limit).withStackTrace();
            } else {
                stream.enable(name).withThreshold(limit).withoutStackTrace();
            }
            stream.onEvent(name, event -> target.accept(EventCopy.of(event)));
        });
        stream.onError(error -> LOG.warn("flight recorder: a signal was lost: {}", error.toString()));
    }

    void start() {
        new MedicThread(stream::start, "stream").start();
    }

    /** Time since our last own event arrived, ms: while the sampler runs, more than some seconds means the stream died. */
    long silenceMillis() {
        return clock.monotonicMillis() - lastArrival;
    }

    /** Time between commit and arrival of the last of our own events, ms. */
    long delayMillis() {
        return delay;
    }

    void close() {
        stream.close();
    }
}
