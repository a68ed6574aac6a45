package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.Phrases;
import java.util.List;

/** Where the slots of a pool went since borrowers began to wait, in words. */
final class SlotShares {

    private static final int PERCENT = 100;
    private static final int MAX_SITES = 5;

    private SlotShares() {
    }

    /** One line per borrow site, the longest first. */
    static List<String> lines(List<Signal> rows) {
        long total = Math.max(1, rows.stream().mapToLong(SlotShares::time).sum());
        return rows.stream().limit(MAX_SITES).map(row -> Phrases.site(row.text("site")) + " had "
                + time(row) * PERCENT / total + " % of the slot time since borrowers began to wait, "
                + Phrases.duration(row.number("jdbcTime")) + " in JDBC and " + Phrases.duration(row.number("otherTime"))
                + " elsewhere" + (row.number("unseenTime") > 0
                        ? ", " + Phrases.duration(row.number("unseenTime")) + " not visible" : "")
                + "; " + Phrases.count(row.number("slots"), "slot") + " now").toList();
    }

    private static long time(Signal row) {
        return row.number("jdbcTime") + row.number("otherTime") + row.number("unseenTime");
    }
}
