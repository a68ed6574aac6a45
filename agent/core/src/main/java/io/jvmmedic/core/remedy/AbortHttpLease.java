package io.jvmmedic.core.remedy;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ResourceRegistry;

/** Closes leased HTTP connections whose response nobody can close any more, so that the next request gets the slot. */
public final class AbortHttpLease implements Remedy {

    public static final String NAME = "abort-leaked-http-lease";

    private final ResourceRegistry registry;
    private final MedicConfig config;

    public AbortHttpLease(ResourceRegistry registry, MedicConfig config) {
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
        return TakeBack.prepare(this, diagnosis, Slots.ofHttpPool(registry, diagnosis.resource()), registry.leases(),
                config);
    }
}
