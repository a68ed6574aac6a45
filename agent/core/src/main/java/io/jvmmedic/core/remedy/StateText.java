package io.jvmmedic.core.remedy;

import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.PoolHandle;

/** State in one line, numbers in fixed order, the same before and after an act. */
final class StateText {

    static final String GONE = "gone";

    private StateText() {
    }

    static String of(PoolHandle.State state) {
        return state == null ? GONE : "active=" + state.active() + " idle=" + state.idle() + " total=" + state.total()
                + " max=" + state.max() + " waiting=" + state.waiting();
    }

    static String of(HttpPoolHandle.State state) {
        return state == null ? GONE : "leased=" + state.leased() + " available=" + state.available()
                + " max=" + state.max() + " pending=" + state.pending()
                + (state.route().isEmpty() ? "" : " route=" + state.route() + " routeLeased=" + state.routeLeased()
                        + " routeMax=" + state.routeMax() + " routePending=" + state.routePending());
    }

    static String of(ExecutorHandle.State state) {
        return state == null ? GONE : "active=" + state.active() + " size=" + state.size() + " core=" + state.core()
                + " max=" + state.max() + " queued=" + state.queued() + " completed=" + state.completed();
    }
}
