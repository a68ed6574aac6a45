package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.GateView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of the gates at which something happened since the round before. */
final class GateRows {

    private final GateView gates;
    private final Map<String, GateView.Row> before = new HashMap<>();

    GateRows(GateView gates) {
        this.gates = gates;
    }

    List<Signal> of(long tick, long now) {
        List<Signal> rows = new ArrayList<>();
        for (GateView.Row row : gates.rows()) {
            GateView.Row last = before.put(row.id(), row);
            if (!row.equals(last)) {
                rows.add(row(row, last == null ? nothing(row) : last, tick, now));
            }
        }
        return rows;
    }

    private static GateView.Row nothing(GateView.Row row) {
        return new GateView.Row(row.id(), row.recorded(), "", row.places(), 0, 0, 0, 0, 0, "");
    }

    private static Signal row(GateView.Row row, GateView.Row last, long tick, long now) {
        return Signal.of(Signal.GATE, now).with("tick", tick).with("signature", row.id()).with("state", row.state())
                .with("passes", row.passes() - last.passes()).with("waits", row.waits() - last.waits())
                .with("waited", row.waitedMillis() - last.waitedMillis())
                .with("bypasses", row.bypasses() - last.bypasses()).with("asides", row.asides() - last.asides())
                .with("places", row.places()).with("reason", row.reason()).build();
    }
}
