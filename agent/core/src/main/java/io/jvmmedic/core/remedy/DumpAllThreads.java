package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.Phrases;

/**
 * Keeps the stacks of all platform threads. Stops them all for the time it takes, about 20 µs each, so its budget is
 * small and a JVM with very many threads is spared.
 */
public final class DumpAllThreads implements Remedy {

    public static final String NAME = "dump-all-threads";
    static final String FILE = "all-threads.txt";
    /** About 50 ms of pause. */
    static final int MAX_THREADS = 2_500;

    private final ThreadView threads;
    private final EvidenceSink sink;

    public DumpAllThreads(ThreadView threads, EvidenceSink sink) {
        this.threads = threads;
        this.sink = sink;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.NONE;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        int count = threads.count();
        if (count > MAX_THREADS) {
            return new Preparation.Impossible(diagnosis.resource() + ": a dump of all " + count + " threads would stop the"
                    + " JVM for too long, at most " + MAX_THREADS + " are dumped; the involved ones are in "
                    + DumpInvolvedThreads.FILE);
        }
        return Dump.ready(this, diagnosis, "the stacks of all " + Phrases.count(count, "platform thread"),
                () -> sink.text(diagnosis, FILE, new ThreadText(diagnosis)
                        .note("all platform threads; virtual threads are not listed")
                        .threads(Thread.getAllStackTraces()).toString()));
    }
}
