package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Gathers signals until the round's last one arrives, then hands the whole round on. The same code serves the live
 * stream, the direct feed and replay.
 */
public final class RoundAssembler implements SignalSink {

    /** A round later than this had nobody looking: half a period. */
    private static final long LATE_MILLIS = 1_500;
    /** A row flood (a broken clock, a foreign recording) must not grow without bound. */
    private static final int MAX_SIGNALS = 20_000;

    private final Consumer<Round> target;
    private final Map<String, List<Signal>> gathered = new HashMap<>();
    private int count;

    public RoundAssembler(Consumer<Round> target) {
        this.target = target;
    }

    @Override
    public synchronized void accept(Signal signal) {
        if (count++ < MAX_SIGNALS) {
            gathered.computeIfAbsent(signal.type(), type -> new ArrayList<>()).add(signal);
        }
        if (signal.type().equals(Signal.HEALTH)) {
            Map<String, List<Signal>> rows = new HashMap<>();
            gathered.forEach((type, signals) -> rows.put(type, belonging(signals, signal.tick())));
            gathered.clear();
            count = 0;
            target.accept(new Round(signal.tick(), signal.millis(), signal.number("lateness") > LATE_MILLIS, rows));
        }
    }

    /** Rows of this round and JDK events since the last; leftovers of a round whose end was lost are dropped. */
    private static List<Signal> belonging(List<Signal> signals, long tick) {
        return signals.stream().filter(signal -> signal.tick() == tick || signal.tick() == -1).toList();
    }
}
