package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Style;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "holders", description = "What fills a pool: who holds its slots, since when, from where; who waits.")
final class HoldersVerb extends SubjectVerb {

    private static final int LABEL = 8;
    private static final int PERCENT = 100;

    @Parameters(index = "0", paramLabel = "pool", description = "As 'pools' shows it, pool:orders, or its name alone.")
    private String pool;

    HoldersVerb(Terminal terminal) {
        super(terminal, "holders", "pool");
    }

    @Override
    String subject() {
        return pool;
    }

    @Override
    void show(Answer answer) {
        PoolsVerb.table(List.of(answer.part("pool"))).print(terminal());
        belief(answer.part("diagnosis"));
        sites(answer.rows("sites"));
        List<Answer> holders = answer.rows("holders");
        terminal().line("");
        terminal().heading(holders.isEmpty() ? "Nobody holds a slot." : Words.count(holders.size(), "holder") + ", longest first");
        holders.forEach(this::holder);
        List<Answer> waiters = answer.rows("waiters");
        if (!waiters.isEmpty()) {
            terminal().line("");
            terminal().heading(Words.count(waiters.size(), "waiter") + ", longest first");
            waiters.forEach(this::waiter);
        }
    }

    private void belief(Answer belief) {
        if (belief.text("incident").isEmpty()) {
            return;
        }
        terminal().line("");
        terminal().heading("Diagnosis");
        terminal().field(2, LABEL, "what", belief.text("summary"));
        terminal().field(2, LABEL, "cause", belief.text("cause"));
        terminal().field(2, LABEL, "victims", belief.text("victims"));
        terminal().field(2, LABEL, "story", "explain " + belief.text("incident"));
    }

    /** The estimate is of one look a second: percents say all that it can. */
    private void sites(List<Answer> sites) {
        if (sites.isEmpty()) {
            return;
        }
        long total = Math.max(1, sites.stream().mapToLong(HoldersVerb::slotTime).sum());
        terminal().line("");
        terminal().heading("Slot time since borrowers began to wait");
        for (Answer site : sites) {
            List<String> parts = new ArrayList<>();
            part(parts, site.number("jdbcMillis"), " in JDBC");
            part(parts, site.number("otherMillis"), " elsewhere");
            part(parts, site.number("unseenMillis"), " not visible");
            String name = site.text("site");
            terminal().field(0, 1, "-", name.isEmpty() ? "an unknown site" : name);
            terminal().field(2, LABEL, "had", Words.count(site.number("slots"), "slot") + ", "
                    + slotTime(site) * PERCENT / total + " % of the slot time: " + String.join(", ", parts));
        }
    }

    private static void part(List<String> parts, long millis, String where) {
        if (millis > 0) {
            parts.add(Words.millis(millis) + where);
        }
    }

    private static long slotTime(Answer site) {
        return site.number("jdbcMillis") + site.number("otherMillis") + site.number("unseenMillis");
    }

    private void holder(Answer holder) {
        String held = holder.number("heldMillis") < 0 ? "" : ", held " + Words.millis(holder.number("heldMillis"));
        String idle = holder.number("idleMillis") < 0 ? "" : ", unused for " + Words.millis(holder.number("idleMillis"));
        String typical = holder.number("typicalMillis") < 0 ? ""
                : ", usually at most " + Words.millis(holder.number("typicalMillis"));
        terminal().field(0, 1, "-", holder.text("thread") + held + idle + typical);
        terminal().field(2, LABEL, "from", holder.text("site"));
        String waitsFor = holder.text("waitsFor").isEmpty() ? "" : ", waits for " + holder.text("waitsFor");
        String at = holder.text("doing").isEmpty() ? "" : " at " + holder.text("doing");
        terminal().field(2, LABEL, "now", Words.constant(holder.text("activity")) + at + waitsFor);
        if (holder.flag("unreachable")) {
            terminal().field(2, LABEL, "leaked", "nobody can give it back any more", Style.BAD);
        }
    }

    private void waiter(Answer waiter) {
        String holds = waiter.number("holds") > 0
                ? ", holds " + Words.count(waiter.number("holds"), "slot") + " of the same pool" : "";
        terminal().field(0, 1, "-", waiter.text("thread") + ", waits " + Words.millis(waiter.number("waitedMillis")) + holds);
        terminal().field(2, LABEL, "at", waiter.text("doing"));
    }
}
