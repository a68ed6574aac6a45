package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.PoolHandle;
import java.util.Optional;
import java.util.function.Function;

/** Raises the maximum of a pool for a while and has it serve who waits. */
final class LendSlots implements Action {

    /**
     * What is lent.
     *
     * @param current the maximum when it was planned
     * @param original the maximum to give back
     * @param target the maximum to lend
     */
    record Terms(ResourceId id, int current, int original, int target) {
    }

    private final PoolHandle pool;
    private final Leases leases;
    private final Terms terms;
    private final Growth<Integer> growth;
    private final Growth.Sized<Integer> sized;
    private final Function<PoolHandle.State, Optional<String>> noLongerNeeded;
    private volatile Served served;
    private volatile Loan loan;

    LendSlots(PoolHandle pool, Leases leases, Terms terms, Growth<Integer> growth, Growth.Sized<Integer> sized,
            Function<PoolHandle.State, Optional<String>> noLongerNeeded) {
        this.pool = pool;
        this.leases = leases;
        this.terms = terms;
        this.growth = growth;
        this.sized = sized;
        this.noLongerNeeded = noLongerNeeded;
    }

    @Override
    public Optional<String> noLongerNeeded() {
        PoolHandle.State state = pool.state();
        if (state == null) {
            return Optional.of(PoolRemedy.GONE);
        }
        return state.max() == terms.current() ? noLongerNeeded.apply(state)
                : Optional.of("its maximum was changed from " + terms.current() + " to " + state.max() + " meanwhile");
    }

    @Override
    public String observe() {
        return StateText.of(pool.state());
    }

    @Override
    public void apply() throws Throwable {
        PoolHandle.State before = pool.state();
        served = new Served(leases, pool, before == null ? 0 : before.waiting());
        loan = growth.lent(terms.id(), terms.original(), terms.target(), sized);
        pool.resize().pull(terms.target());
        pool.kick().pull(terms.target() - terms.current());
    }

    @Override
    public boolean claimHolds() {
        PoolHandle.State state = pool.state();
        return state != null && served.somebody(state.waiting());
    }

    @Override
    public Optional<Loan> loan() {
        return Optional.ofNullable(loan);
    }
}
