package io.jvmmedic.core.audit;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Phrases;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells every step to the journal, the incident folder, the recording and the log, in this order: what survives the
 * hardest death comes first. Thread-safe; never throws, since a step that cannot be told must not stop a treatment half
 * way.
 */
public final class AuditTrail implements Chronicle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    /** Faults on resources whose recurrence is counted; the one met longest ago is forgotten. */
    private static final int MAX_COUNTED = 500;

    private record Key(ResourceId resource, Fault fault) {
    }

    /** A drastic act under way. */
    private record Drastic(String incident, Plan plan, DecisionEvents.Running running) {
    }

    private Drastic drastic;
    private final Map<Key, Integer> met = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Integer> eldest) {
            return size() > MAX_COUNTED;
        }
    };
    private final Map<String, Incident> open = new HashMap<>();
    private final Journal journal;
    private final IncidentFolders folders;
    private final DecisionEvents events;
    private final IncidentIds ids;
    private final Supplier<Mode> mode;
    private final Clock clock;

    /**
     * @param flightRecorder whether the steps are also committed as events
     * @param mode in force now, for the record of a decision
     */
    public AuditTrail(Journal journal, IncidentFolders folders, boolean flightRecorder, Supplier<Mode> mode, Clock clock) {
        this.journal = journal;
        this.folders = folders;
        this.events = DecisionEvents.of(flightRecorder);
        this.ids = new IncidentIds(clock);
        this.mode = mode;
        this.clock = clock;
    }

    /** The open incident of a fault on a resource. */
    public synchronized Optional<String> incidentOf(ResourceId resource, Fault fault) {
        return open.values().stream()
                .filter(incident -> incident.diagnosis().resource().equals(resource)
                        && incident.diagnosis().primary().fault() == fault)
                .map(Incident::id).findFirst();
    }

    @Override
    public synchronized String opened(Diagnosis diagnosis) {
        String id = ids.next();
        safely(() -> {
            Finding finding = diagnosis.primary();
            int recurrence = met.merge(new Key(diagnosis.resource(), finding.fault()), 1, Integer::sum);
            open.put(id, Incident.opened(id, clock.millis(), diagnosis, recurrence));
            Entry entry = entry(id, diagnosis.resource(), Entry.Kind.OPENED, "", finding.summary(),
                    details("fault", finding.fault().name(), "confidence", finding.confidence().name(),
                            "proof", finding.evidence().proof(), "cause", finding.cause()));
            tell(entry, false);
            events.finding(id, diagnosis);
            LOG.warn("{} ({}, {}, incident {})", entry.text(), finding.fault(), finding.confidence(), id);
        });
        return id;
    }

    @Override
    public synchronized void renewed(String incident, Diagnosis diagnosis) {
        safely(() -> {
            Finding finding = diagnosis.primary();
            open.computeIfPresent(incident, (id, known) -> known.with(diagnosis));
            tell(entry(incident, diagnosis.resource(), Entry.Kind.RENEWED, "", finding.summary(),
                    details("confidence", finding.confidence().name(), "proof", finding.evidence().proof())), false);
            events.finding(incident, diagnosis);
        });
    }

    @Override
    public synchronized void decided(String incident, Plan plan, Verdict verdict) {
        safely(() -> {
            Entry entry = entry(incident, plan.resource(), Entry.Kind.DECIDED, plan.remedy(),
                    verdict.decision() + ", " + withoutResource(verdict.reason(), plan.resource()),
                    details("gate", verdict.gate(), "mode", mode.get().toString(), "risk", plan.risk().name()));
            tellAhead(plan, entry);
            if (isRepair(plan)) {
                events.decision(incident, plan, verdict, mode.get());
            }
            if (!verdict.isAllowed()) {
                LOG.info("{}: {} {} (incident {})", plan.resource(), plan.remedy(), entry.text(), incident);
            }
        });
    }

    @Override
    public synchronized void impossible(String incident, ResourceId resource, String remedy, String reason) {
        safely(() -> {
            Entry entry = entry(incident, resource, Entry.Kind.IMPOSSIBLE, remedy, withoutResource(reason, resource), Map.of());
            tell(entry, false);
            // That no rung is left is said by what was said of each; and what has just healed need not be possible again.
            LOG.atLevel(remedy.isEmpty() || hasHealed(incident, remedy) ? Level.DEBUG : Level.INFO)
                    .log("{}: {} cannot be done, {} (incident {})", resource, remedy.isEmpty() ? "repair" : remedy,
                            entry.text(), incident);
        });
    }

    private boolean hasHealed(String incident, String remedy) {
        Incident known = open.get(incident);
        return known != null && known.entries().stream().anyMatch(entry -> entry.kind() == Entry.Kind.ENDED
                && entry.remedy().equals(remedy) && entry.text().equals(Outcome.HEALED.toString()));
    }

    @Override
    public synchronized Object begins(String incident, Plan plan) {
        AtomicReference<DecisionEvents.Running> running = new AtomicReference<>(DecisionEvents.NOT_RUNNING);
        safely(() -> {
            Entry entry = entry(incident, plan.resource(), Entry.Kind.BEGINS, plan.remedy(), plan.claim().text(),
                    details("risk", plan.risk().name(), "confidence", plan.confidence().name(), "proof", plan.proof(),
                            "undo", plan.undo()));
            tellAhead(plan, entry);
            if (isRepair(plan)) {
                LOG.info("{}: {} begins, it claims that {} (incident {})", plan.resource(), plan.remedy(), entry.text(),
                        incident);
                running.set(events.begin(incident, plan));
            }
            if (plan.risk() == Risk.DRASTIC) {
                drastic = new Drastic(incident, plan, running.get());
            }
        });
        return running.get();
    }

    @Override
    public synchronized void ended(String incident, Object begun, Plan plan, Outcome outcome, String before, String after,
            String problem) {
        if (plan.risk() == Risk.DRASTIC) {
            drastic = null;
        }
        safely(() -> {
            Entry entry = entry(incident, plan.resource(), Entry.Kind.ENDED, plan.remedy(),
                    outcome + (problem.isEmpty() ? "" : ", " + problem), details("before", before, "after", after));
            tell(entry, plan.risk() == Risk.DRASTIC);
            if (isRepair(plan) && (outcome == Outcome.HEALED || outcome == Outcome.INEFFECTIVE)) {
                events.verification(incident, plan, after, outcome == Outcome.HEALED);
            }
            ((DecisionEvents.Running) begun).end(outcome, before, after);
            // Looking is no news, failing to look is.
            if (isRepair(plan) || outcome != Outcome.HEALED) {
                LOG.info("{}: {} {} (incident {})", plan.resource(), plan.remedy(), entry.text(), incident);
            }
        });
    }

    @Override
    public synchronized void undone(String incident, ResourceId resource, String remedy, String loan, String outcome,
            String reason) {
        safely(() -> {
            tell(entry(incident, resource, Entry.Kind.UNDONE, remedy, outcome + ", " + reason, details("loan", loan)), false);
            events.undo(incident, resource, remedy, loan, outcome, reason);
        });
    }

    @Override
    public synchronized void scored(ShadowBook.Scored scored) {
        safely(() -> {
            Plan plan = scored.plan();
            Entry entry = entry(scored.incidentId(), plan.resource(), Entry.Kind.SCORED, plan.remedy(),
                    scored.judgement().score() + ", " + scored.judgement().reason(), Map.of());
            tell(entry, false);
            events.shadowScore(scored);
            LOG.info("{}: {} would have been {} (incident {})", plan.resource(), plan.remedy(), entry.text(),
                    scored.incidentId());
        });
    }

    @Override
    public synchronized void closed(String incident, Diagnosis diagnosis, String how, long lastedMillis) {
        safely(() -> {
            open.computeIfPresent(incident, (id, known) -> known.closed(clock.millis()));
            Entry entry = entry(incident, diagnosis.resource(), Entry.Kind.CLOSED, "",
                    how + " after " + Phrases.duration(lastedMillis), Map.of());
            tell(entry, false);
            open.remove(incident);
            LOG.info("{}: {} (incident {})", diagnosis.resource(), entry.text(), incident);
        });
    }

    /**
     * The JVM is about to end by the drastic act under way, which therefore never returns: it is told as ended now, to
     * the recording too, and forced to disk.
     *
     * @return the incident it belongs to; empty when none is under way
     */
    public synchronized Optional<String> lastWords(String reason) {
        Drastic ending = drastic;
        drastic = null;
        if (ending == null) {
            noted("the JVM ends: " + reason);
            return Optional.empty();
        }
        safely(() -> {
            tell(entry(ending.incident(), ending.plan().resource(), Entry.Kind.ENDED, ending.plan().remedy(),
                    Outcome.RESTARTING + ", " + reason, Map.of()), true);
            ending.running().end(Outcome.RESTARTING, "", reason);
        });
        return Optional.of(ending.incident());
    }

    /** What belongs to no incident and yet must be on record: a change of mode, a pause, a detach, and who asked for it. */
    public void noted(String text) {
        safely(() -> journal.write(new Entry(clock.millis(), "", "", Entry.Kind.NOTE, "", text, Map.of()), false));
    }

    /** A dump is no remediation: who counts those in a recording wants to know what was done to the host. */
    private static boolean isRepair(Plan plan) {
        return plan.risk() != Risk.NONE;
    }

    private Entry entry(String incident, ResourceId resource, Entry.Kind kind, String remedy, String text,
            Map<String, String> details) {
        return new Entry(clock.millis(), incident, resource.toString(), kind, remedy, text, details);
    }

    /** Reasons start with their resource, and so does each line they become part of. */
    private static String withoutResource(String reason, ResourceId resource) {
        String prefix = resource + ": ";
        return reason.startsWith(prefix) ? reason.substring(prefix.length()) : reason;
    }

    /**
     * Before something is done. What is only looked at is in the journal; the files of the incident get it with the next
     * step, or the repairs of many resources that broke at once would wait for them.
     */
    private void tellAhead(Plan plan, Entry entry) {
        if (isRepair(plan)) {
            tell(entry, entry.kind() == Entry.Kind.BEGINS && plan.risk() == Risk.DRASTIC);
        } else {
            journal.write(entry, false);
            open.computeIfPresent(entry.incident(), (id, known) -> known.with(entry));
        }
    }

    private void tell(Entry entry, boolean force) {
        journal.write(entry, force);
        Incident known = open.containsKey(entry.incident()) ? open.get(entry.incident())
                : folders.find(entry.incident()).orElse(null);
        // A loan may be given back, or a shadow be scored, when so many more incidents came that this one is forgotten.
        if (known != null) {
            Incident longer = known.with(entry);
            open.replace(entry.incident(), longer);
            folders.write(longer);
        }
    }

    private static Map<String, String> details(String... namesAndValues) {
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            details.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return details;
    }

    private static void safely(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("audit: a step could not be told", e);
        }
    }
}
