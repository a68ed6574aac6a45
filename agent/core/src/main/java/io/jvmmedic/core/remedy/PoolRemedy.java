package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.util.List;

/** What remedies of a whole pool ask first: is it still there, and has it the levers? */
abstract class PoolRemedy implements Remedy {

    static final String GONE = "the pool is gone";
    static final String NOBODY_WAITS = "nobody waits for a connection any more";

    final ResourceRegistry registry;

    PoolRemedy(ResourceRegistry registry) {
        this.registry = registry;
    }

    @Override
    public final Preparation prepare(Diagnosis diagnosis) {
        PoolHandle pool = registry.byId(diagnosis.resource()).orElse(null) instanceof PoolHandle found ? found : null;
        PoolHandle.State state = pool == null ? null : pool.state();
        if (state == null) {
            return impossible(diagnosis.resource(), GONE);
        }
        for (Lever<?> lever : levers(pool)) {
            if (!lever.isPresent()) {
                return impossible(diagnosis.resource(), lever.description());
            }
        }
        return prepare(diagnosis, pool, state);
    }

    /** Those without which it cannot be done. */
    abstract List<Lever<?>> levers(PoolHandle pool);

    /** @param state the pool's word a moment ago */
    abstract Preparation prepare(Diagnosis diagnosis, PoolHandle pool, PoolHandle.State state);

    static Preparation impossible(ResourceId id, String why) {
        return new Preparation.Impossible(id + ": " + why);
    }
}
