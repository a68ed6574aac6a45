package io.jvmmedic.core.instrument;

import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One integration in one class loader: what is woven there, or why nothing is. Holds the loader weakly. */
final class Site {

    private final WeakReference<ClassLoader> loader;
    private final boolean boot;
    private final String loaderName;
    private final Integration integration;
    private final Map<String, InstallReport.State> types = new LinkedHashMap<>();
    private volatile String obstacle;

    Site(ClassLoader loader, Integration integration) {
        this.loader = new WeakReference<>(loader);
        this.boot = loader == null;
        this.loaderName = loader == null ? "boot loader"
                : loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
        this.integration = integration;
        this.obstacle = Delegation.reachesBridge(loader) ? "" : Delegation.obstacle();
    }

    boolean isFor(ClassLoader candidate, Integration of) {
        return integration == of && isIn(candidate);
    }

    /** Whether the loader was collected, and what was woven with it. */
    boolean isGone() {
        return !boot && loader.refersTo(null);
    }

    private boolean isIn(ClassLoader candidate) {
        return boot ? candidate == null : candidate != null && loader.refersTo(candidate);
    }

    /** Why nothing may be woven here; empty when it may. */
    String obstacle() {
        return obstacle;
    }

    synchronized void woven(String type) {
        types.put(type, InstallReport.State.APPLIED);
    }

    /** From now on nothing is woven here. Returns whether something is and has to be taken out again. */
    synchronized boolean close(String type, String reason) {
        boolean dirty = types.containsValue(InstallReport.State.APPLIED);
        obstacle = reason;
        types.replaceAll((name, state) -> InstallReport.State.NOT_APPLIED);
        types.put(type, InstallReport.State.NOT_APPLIED);
        return dirty;
    }

    synchronized void refused(String type) {
        types.put(type, InstallReport.State.NOT_APPLIED);
    }

    /** Whether a class is one this site is about. */
    boolean covers(Class<?> type) {
        return isIn(type.getClassLoader())
                && integration.weaves().stream().anyMatch(weave -> weave.type().equals(type.getName()));
    }

    synchronized List<InstallReport.Row> rows() {
        return types.entrySet().stream()
                .map(entry -> new InstallReport.Row(integration.name(), entry.getKey(), loaderName, entry.getValue(),
                        entry.getValue() == InstallReport.State.NOT_APPLIED ? obstacle : ""))
                .toList();
    }
}
