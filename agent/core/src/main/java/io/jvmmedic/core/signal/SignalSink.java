package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;

/** Where a signal goes next. */
@FunctionalInterface
public interface SignalSink {

    void accept(Signal signal);
}
