package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.UnpooledConnections;
import java.util.List;

/** Rows of the connections outside any pool: what each piece of code has open, and what it has leaked. */
final class UnpooledRows {

    private static final int MAX_ROWS = 50;

    private UnpooledRows() {
    }

    static List<Signal> of(UnpooledConnections connections, long tick, long now) {
        return connections.rows().stream().limit(MAX_ROWS)
                .map(row -> Signal.of(Signal.UNPOOLED_CONNECTIONS, now)
                        .with("tick", tick).with("resource", row.database().id())
                        .with("library", row.database().library()).with("site", row.site())
                        .with("open", row.open()).with("oldest", row.oldestMillis())
                        .with("opened", row.opened()).with("leaked", row.leaked()).build())
                .toList();
    }
}
