package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.List;

/** One executor in one round: its sample and the workers that wait inside their tasks. */
record ExecutorView(Signal sample, List<Signal> blocked) {

    String resource() {
        return sample.text("resource");
    }

    long size() {
        return sample.number("size");
    }

    long completed() {
        return sample.number("completed");
    }

    long queued() {
        return sample.number("queued");
    }

    /**
     * Every worker runs a task, tasks wait, and the executor adds no worker by itself: its maximum is reached, or its core
     * is full and the queue takes the tasks.
     */
    boolean isFull() {
        return size() > 0 && sample.number("active") >= size() && queued() > 0
                && (size() >= sample.number("max") || size() >= sample.number("core"));
    }

    /** {@code 8 of 8 workers busy, 40 queued}. */
    String state() {
        return sample.number("active") + " of " + Phrases.count(size(), "worker") + " busy, " + queued() + " queued";
    }

    /** One line for the evidence. */
    static String line(Signal blocked) {
        long position = blocked.number("queuePosition");
        return blocked.text("thread") + " waits for " + Phrases.type(blocked.text("waitsFor"))
                + (blocked.flag("ownQueue") ? ", queued here at place " + (position + 1) : "")
                + " at " + Phrases.site(Rows.site(blocked)) + ", " + blocked.text("state");
    }
}
