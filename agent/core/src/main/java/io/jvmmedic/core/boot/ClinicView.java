package io.jvmmedic.core.boot;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.control.AgentView;
import io.jvmmedic.core.control.DumpView;
import io.jvmmedic.core.control.ExplanationView;
import io.jvmmedic.core.control.HoldersView;
import io.jvmmedic.core.control.IncidentView;
import io.jvmmedic.core.control.PoolView;
import io.jvmmedic.core.control.Refusal;
import io.jvmmedic.core.control.StatusView;
import io.jvmmedic.core.model.Mode;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The running agent as its user sees it; only reads, but for the few things a user may change. */
final class ClinicView implements AgentView {

    private final Clinic clinic;

    ClinicView(Clinic clinic) {
        this.clinic = clinic;
    }

    @Override
    public StatusView status() {
        return new StatusView(clinic.version(), ProcessHandle.current().pid(), clinic.appName(), clinic.agentUptimeMillis(),
                clinic.mode().get().toString(), clinic.mode().isPaused(), clinic.isHotAttached() ? "hot attach" : "premain",
                clinic.signals().describe(), clinic.folder(), AdviceFailures.count(), AdviceFailures.first(),
                clinic.engine().dropped(), clinic.resources().counts(), clinic.integrationParts(), detectors(), remedies(),
                signatures(), budgets(), treatments(), shadows(), settings(), clinic.warnings());
    }

    /** A detector whose signals can never come says so instead of being silent. */
    private List<StatusView.Part> detectors() {
        Set<String> impossible = clinic.impossibleSignals();
        return clinic.detectors().stream().map(detector -> {
            List<String> missing = detector.needs().stream().filter(impossible::contains).toList();
            return new StatusView.Part(detector.name(), missing.isEmpty() ? "READY" : "NA",
                    missing.isEmpty() ? "" : "no " + String.join(", ", missing) + " in this JVM");
        }).toList();
    }

    private List<StatusView.Part> remedies() {
        Set<String> disabled = clinic.config().get(Options.DISABLED_REMEDIES);
        return clinic.remedies().stream().map(remedy -> new StatusView.Part(remedy.name(),
                disabled.contains(remedy.name()) ? "DISABLED" : remedy.risk().name(), "")).toList();
    }

    private List<StatusView.Signature> signatures() {
        return clinic.immunity().rows().stream().map(row -> new StatusView.Signature(row.id(), row.recorded(), row.state(),
                row.places(), row.passes(), row.waits(), row.waitedMillis(), row.bypasses(), row.asides(), row.reason()))
                .toList();
    }

    private List<StatusView.BudgetLeft> budgets() {
        return clinic.policy().spending().stream().map(spending -> new StatusView.BudgetLeft(spending.name(),
                Math.max(0, spending.budget().times() - spending.spent()), spending.budget().times(),
                spending.budget().period().toMillis(), spending.freeIn().toMillis())).toList();
    }

    private List<StatusView.Treatment> treatments() {
        long now = System.currentTimeMillis();
        return clinic.engine().open().stream().map(one -> new StatusView.Treatment(one.incident(),
                one.resource().toString(), one.fault().name(), one.state(), one.remedy(), now - one.openedMillis())).toList();
    }

    private List<StatusView.Shadow> shadows() {
        return clinic.shadows().tallies().entrySet().stream().map(entry -> new StatusView.Shadow(
                entry.getKey().remedy(), entry.getKey().resource().toString(),
                entry.getValue().right(), entry.getValue().wrong(), entry.getValue().unknown())).toList();
    }

    private List<StatusView.Setting> settings() {
        return Options.all().stream().filter(option -> !clinic.config().sourceOf(option).equals("default"))
                .map(option -> new StatusView.Setting(option.key(), clinic.config().textOf(option),
                        clinic.config().sourceOf(option))).toList();
    }

    @Override
    public List<PoolView> pools() {
        return clinic.resources().pools();
    }

    @Override
    public HoldersView holders(String resource) throws Refusal {
        return clinic.book().withBelief(clinic.resources().holders(resource));
    }

    @Override
    public List<IncidentView> incidents() {
        return clinic.book().incidents();
    }

    @Override
    public ExplanationView explain(String id) throws Refusal {
        return clinic.book().explain(id);
    }

    @Override
    public Mode setMode(Mode mode) {
        Mode before = clinic.mode().get();
        clinic.mode().choose(mode);
        clinic.note("mode " + before + " -> " + mode + " by command");
        return before;
    }

    @Override
    public boolean pause() {
        return paused(true);
    }

    @Override
    public boolean resume() {
        return paused(false);
    }

    private boolean paused(boolean wanted) {
        boolean change = clinic.mode().isPaused() != wanted;
        clinic.mode().pause(wanted);
        clinic.note(wanted ? "paused by command" : "resumed by command");
        return change;
    }

    @Override
    public DumpView dump(boolean full) throws Refusal, IOException {
        return clinic.dump(full);
    }

    @Override
    public void detach() {
        clinic.detach();
    }
}
