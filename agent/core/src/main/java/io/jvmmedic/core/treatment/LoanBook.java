package io.jvmmedic.core.treatment;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.remedy.Loan;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.DisposableCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was lent and not yet given back. Owned by the engine thread. */
final class LoanBook {

    private static final Logger LOG = LoggerFactory.getLogger(LoanBook.class);
    /** A host that refuses so often will not take it back; each attempt is on record. */
    private static final int MAX_FAILURES = 3;
    private static final Duration CALL_LIMIT = Duration.ofSeconds(3);

    /** What became of a loan, for the audit. */
    interface Audit {
        void undone(String incident, ResourceId resource, String remedy, String loan, String outcome, String reason);
    }

    private enum Need { NEEDED, UNNEEDED, USELESS, MOOT }

    /** @param why it is useless; else empty */
    private record Answer(Need need, String why) {
        private static final Answer NEEDED = new Answer(Need.NEEDED, "");

        static Answer of(Loan loan) {
            if (loan.moot()) {
                return new Answer(Need.MOOT, "");
            }
            return loan.useless().map(why -> new Answer(Need.USELESS, why))
                    .orElseGet(() -> loan.unneeded() ? new Answer(Need.UNNEEDED, "") : NEEDED);
        }
    }

    private static final class Entry {
        private final String incident;
        private final ResourceId resource;
        private final String remedy;
        private final Loan loan;
        private long unneededSince = -1;
        private int failures;
        private int unanswered;
        private DisposableCall<Answer> question;

        private Entry(String incident, ResourceId resource, String remedy, Loan loan) {
            this.incident = incident;
            this.resource = resource;
            this.remedy = remedy;
            this.loan = loan;
        }
    }

    private final Clock clock;
    private final Duration cleanTime;
    private final Audit audit;
    private final List<Entry> open = new ArrayList<>();

    LoanBook(Clock clock, Duration cleanTime, Audit audit) {
        this.clock = clock;
        this.cleanTime = cleanTime;
        this.audit = audit;
    }

    void lend(String incident, ResourceId resource, String remedy, Loan loan) {
        open.add(new Entry(incident, resource, remedy, loan));
    }

    int size() {
        return open.size();
    }

    /**
     * Asks, without waiting, whether each loan is still needed; gives back what was not needed for the clean time, and at once
     * what helps nobody.
     */
    void step() {
        for (Iterator<Entry> entries = open.iterator(); entries.hasNext();) {
            Entry entry = entries.next();
            Answer answer = ask(entry);
            if (answer != null && isSettled(entry, answer)) {
                entries.remove();
            }
        }
    }

    private boolean isSettled(Entry entry, Answer answer) {
        if (answer.need() == Need.MOOT) {
            settle(entry, "KEPT", "nothing is left to give back");
            return true;
        }
        if (answer.need() == Need.USELESS) {
            return giveBackOrGiveUp(entry, answer.why());
        }
        if (answer.need() == Need.NEEDED) {
            entry.unneededSince = -1;
            return false;
        }
        long now = clock.monotonicMillis();
        if (entry.unneededSince == -1) {
            entry.unneededSince = now;
        }
        if (now - entry.unneededSince < cleanTime.toMillis()) {
            return false;
        }
        entry.unneededSince = -1;
        return giveBackOrGiveUp(entry, "not needed for " + cleanTime.toSeconds() + " s");
    }

    private boolean giveBackOrGiveUp(Entry entry, String reason) {
        return giveBack(entry, reason) || ++entry.failures >= MAX_FAILURES;
    }

    /** Gives everything back at once, for a detach or a shutdown. */
    void giveBackAll(String reason) {
        List<Entry> entries = List.copyOf(open);
        open.clear();
        entries.forEach(entry -> giveBack(entry, reason));
    }

    /** {@code null} while the answer is outstanding. */
    private Answer ask(Entry entry) {
        if (entry.question == null) {
            entry.question = DisposableCall.start(CALL_LIMIT, clock, () -> Answer.of(entry.loan));
            return null;
        }
        if (!entry.question.isDone()) {
            if (!entry.question.isOverdue()) {
                return null;
            }
            // Its answer would be about a moment long ago. But each question asked in vain leaves a thread behind.
            if (entry.unanswered < MAX_FAILURES) {
                entry.unanswered++;
                entry.question = null;
            }
            return Answer.NEEDED;
        }
        try {
            entry.unanswered = 0;
            return entry.question.result();
        } catch (Throwable e) {
            LOG.warn("{}: loan {} cannot be asked about, it is kept for now", entry.resource, entry.loan.text(), e);
            return Answer.NEEDED;
        } finally {
            entry.question = null;
        }
    }

    private boolean giveBack(Entry entry, String reason) {
        try {
            DisposableCall.await(CALL_LIMIT, clock, () -> {
                try {
                    entry.loan.giveBack();
                    return null;
                } catch (Exception | Error e) {
                    throw e;
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
            settle(entry, "GIVEN_BACK", reason);
            return true;
        } catch (Throwable e) {
            settle(entry, "FAILED", e.toString());
            return false;
        }
    }

    private void settle(Entry entry, String outcome, String reason) {
        LOG.info("{}: loan {} {}: {}", entry.resource, entry.loan.text(), outcome, reason);
        audit.undone(entry.incident, entry.resource, entry.remedy, entry.loan.text(), outcome, reason);
    }
}
