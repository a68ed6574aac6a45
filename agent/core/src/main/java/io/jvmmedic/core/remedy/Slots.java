package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceHandle;
import io.jvmmedic.core.resource.ResourceRegistry;

/** What taking leases back needs of a pool, whatever is pooled. */
interface Slots {

    /**
     * Counters right now.
     *
     * @param text all of them, in fixed order, for the record
     */
    record Counts(int waiting, String text) {
    }

    ResourceHandle handle();

    /** {@code connection}, {@code HTTP connection}. */
    String noun();

    /** Never throws; {@code null} when the pool is gone. */
    Counts counts();

    boolean inUse(Object entry);

    /** Whether a transaction will give it back at its end, whoever let go of the handle. */
    default boolean enlisted(Object entry) {
        return false;
    }

    Lever<Object> lever();

    /** {@code null} when it is gone or no JDBC pool. */
    static Slots ofPool(ResourceRegistry registry, ResourceId id) {
        return !(registry.byId(id).orElse(null) instanceof PoolHandle pool) ? null : new Slots() {
            @Override
            public ResourceHandle handle() {
                return pool;
            }

            @Override
            public String noun() {
                return "connection";
            }

            @Override
            public Counts counts() {
                PoolHandle.State state = pool.state();
                return state == null ? null : new Counts(state.waiting(), StateText.of(state));
            }

            @Override
            public boolean inUse(Object entry) {
                return pool.inUse(entry);
            }

            @Override
            public boolean enlisted(Object entry) {
                return pool.enlisted(entry);
            }

            @Override
            public Lever<Object> lever() {
                return pool.closeEntry();
            }
        };
    }

    /** {@code null} when it is gone or no HTTP pool. */
    static Slots ofHttpPool(ResourceRegistry registry, ResourceId id) {
        return !(registry.byId(id).orElse(null) instanceof HttpPoolHandle pool) ? null : new Slots() {
            @Override
            public ResourceHandle handle() {
                return pool;
            }

            @Override
            public String noun() {
                return "HTTP connection";
            }

            @Override
            public Counts counts() {
                HttpPoolHandle.State state = pool.state();
                return state == null ? null : new Counts(state.pending(), StateText.of(state));
            }

            @Override
            public boolean inUse(Object entry) {
                return pool.inUse(entry);
            }

            @Override
            public Lever<Object> lever() {
                return pool.abortEntry();
            }
        };
    }
}
