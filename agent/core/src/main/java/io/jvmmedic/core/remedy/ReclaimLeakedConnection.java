package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ResourceRegistry;

/** Closes connections that nobody can return any more, through the pool's own path, so that it opens new ones. */
public final class ReclaimLeakedConnection implements Remedy {

    public static final String NAME = "reclaim-leaked-connection";

    private final ResourceRegistry registry;
    private final MedicConfig config;

    public ReclaimLeakedConnection(ResourceRegistry registry, MedicConfig config) {
        this.registry = registry;
        this.config = config;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Risk risk() {
        return Risk.FORCEFUL;
    }

    @Override
    public Preparation prepare(Diagnosis diagnosis) {
        return TakeBack.prepare(this, diagnosis, Slots.ofPool(registry, diagnosis.resource()), registry.leases(), config);
    }
}
