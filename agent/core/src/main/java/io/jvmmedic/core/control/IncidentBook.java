package io.jvmmedic.core.control;

import io.jvmmedic.core.audit.Chronicle;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.util.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The latest incidents in memory, for {@code incidents} and {@code explain}: written alongside the chronicle that keeps
 * them on disk, so that they can be told where no folder can be written. Thread-safe.
 */
public final class IncidentBook implements Chronicle {

    static final int MAX_INCIDENTS = 200;
    /** Of one incident; a case that flaps for days keeps its beginning and its latest. */
    static final int MAX_STEPS = 100;
    private static final int KEPT_FIRST_STEPS = 20;

    private static final class Entry {
        private final String id;
        private final long openedMillis;
        private final List<ExplanationView.Step> steps = new ArrayList<>();
        private Diagnosis diagnosis;
        private String remedy = "";
        private String result = "";
        private long closedMillis = -1;

        private Entry(String id, long openedMillis, Diagnosis diagnosis) {
            this.id = id;
            this.openedMillis = openedMillis;
            this.diagnosis = diagnosis;
        }
    }

    private final Chronicle next;
    private final Clock clock;
    private final Function<String, String> folders;
    private final Map<String, Entry> entries = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, IncidentBook.Entry> eldest) {
            return size() > MAX_INCIDENTS;
        }
    };

    /**
     * @param next gives the incidents their ids and keeps them for good
     * @param folders of an incident id; empty where there is none
     */
    public IncidentBook(Chronicle next, Clock clock, Function<String, String> folders) {
        this.next = next;
        this.clock = clock;
        this.folders = folders;
    }

    // ---- read by commands

    /** Newest first. */
    public synchronized List<IncidentView> incidents() {
        List<IncidentView> views = new ArrayList<>();
        entries.values().forEach(entry -> views.add(0, view(entry)));
        return views;
    }

    /** The view, with what the newest open incident on its resource says. */
    public synchronized HoldersView withBelief(HoldersView view) {
        HoldersView.Belief belief = HoldersView.Belief.NONE;
        for (Entry entry : entries.values()) {
            Finding primary = entry.diagnosis.primary();
            if (entry.closedMillis < 0 && primary.resource().toString().equals(view.pool().resource())) {
                belief = new HoldersView.Belief(entry.id, primary.confidence() + " " + primary.summary(), primary.cause(),
                        primary.victims());
            }
        }
        return view.with(belief);
    }

    /** @param id of an incident, or the start of it while only one incident begins so */
    public synchronized ExplanationView explain(String id) throws Refusal {
        List<Entry> found = entries.containsKey(id) ? List.of(entries.get(id))
                : entries.values().stream().filter(entry -> entry.id.startsWith(id)).toList();
        if (found.size() != 1) {
            throw Refusal.usage(found.isEmpty()
                    ? "There is no incident '" + id + "' among the last " + MAX_INCIDENTS + "; see 'incidents'."
                    : "More than one incident begins with '" + id + "'; give more of the id.");
        }
        Entry entry = found.get(0);
        Finding primary = entry.diagnosis.primary();
        return new ExplanationView(view(entry), primary.evidence().proof(), primary.evidence().facts(),
                primary.cause(), primary.victims(), primary.advice(), entry.diagnosis.waitForGraph(), entry.steps,
                folders.apply(entry.id));
    }

    // ---- written by the engine

    @Override
    public String opened(Diagnosis diagnosis) {
        String id = next.opened(diagnosis);
        synchronized (this) {
            Entry entry = new Entry(id, clock.millis(), diagnosis);
            entries.put(id, entry);
            step(entry, "found", diagnosis.primary().confidence() + " " + diagnosis.primary().summary());
        }
        return id;
    }

    @Override
    public void renewed(String incident, Diagnosis diagnosis) {
        next.renewed(incident, diagnosis);
        note(incident, "renewed", diagnosis.primary().confidence() + " " + diagnosis.primary().summary(),
                entry -> entry.diagnosis = diagnosis);
    }

    @Override
    public void decided(String incident, Plan plan, Verdict verdict) {
        next.decided(incident, plan, verdict);
        String gate = verdict.gate().isEmpty() ? "" : " by gate " + verdict.gate();
        note(incident, "decided", plan.remedy() + " " + verdict.decision() + gate + ": " + verdict.reason(), entry -> {
            entry.remedy = plan.remedy();
            entry.result = verdict.isAllowed() ? "" : verdict.decision().name();
        });
    }

    @Override
    public void impossible(String incident, ResourceId resource, String remedy, String reason) {
        next.impossible(incident, resource, remedy, reason);
        note(incident, "impossible", remedy.isEmpty() ? reason : remedy + ": " + reason, entry -> {
        });
    }

    @Override
    public Object begins(String incident, Plan plan) {
        Object begun = next.begins(incident, plan);
        note(incident, "began", plan.remedy() + ", claim: " + plan.claim().text(), entry -> {
        });
        return begun;
    }

    @Override
    public void ended(
            String incident, Object begun, Plan plan, Outcome outcome, String before, String after, String problem) {
        next.ended(incident, begun, plan, outcome, before, after, problem);
        String states = before.isEmpty() && after.isEmpty() ? "" : ", before " + before + ", after " + after;
        note(incident, "ended", plan.remedy() + " " + outcome + (problem.isEmpty() ? "" : ": " + problem) + states,
                entry -> {
                    entry.remedy = plan.remedy();
                    entry.result = outcome.name();
                });
    }

    @Override
    public void undone(
            String incident, ResourceId resource, String remedy, String loan, String outcome, String reason) {
        next.undone(incident, resource, remedy, loan, outcome, reason);
        note(incident, "undone", loan + " " + outcome + ": " + reason, entry -> {
        });
    }

    @Override
    public void scored(ShadowBook.Scored scored) {
        next.scored(scored);
        note(scored.incidentId(), "scored", scored.plan().remedy() + " would have been " + scored.judgement().score()
                + ": " + scored.judgement().reason(), entry -> {
                });
    }

    @Override
    public void closed(String incident, Diagnosis diagnosis, String how, long lastedMillis) {
        next.closed(incident, diagnosis, how, lastedMillis);
        note(incident, "closed", how, entry -> entry.closedMillis = clock.millis());
    }

    private synchronized void note(
            String incident, String what, String text, Consumer<Entry> change) {
        Entry entry = entries.get(incident);
        if (entry != null) {
            change.accept(entry);
            step(entry, what, text);
        }
    }

    private void step(Entry entry, String what, String text) {
        if (entry.steps.size() == MAX_STEPS) {
            entry.steps.remove(KEPT_FIRST_STEPS);
        }
        entry.steps.add(new ExplanationView.Step(clock.millis(), what, text));
    }

    private IncidentView view(Entry entry) {
        Finding primary = entry.diagnosis.primary();
        boolean open = entry.closedMillis < 0;
        return new IncidentView(entry.id, entry.diagnosis.resource().toString(), primary.fault().name(),
                primary.confidence().name(), primary.summary(), open ? "open" : "closed", entry.remedy, entry.result,
                entry.openedMillis, (open ? clock.millis() : entry.closedMillis) - entry.openedMillis);
    }
}
