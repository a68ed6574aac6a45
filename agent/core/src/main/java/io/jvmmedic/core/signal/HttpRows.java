package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Borrower;
import io.jvmmedic.core.resource.HttpPoolHandle;
import io.jvmmedic.core.resource.Lease;
import io.jvmmedic.core.resource.Leases;
import io.jvmmedic.core.resource.ThreadView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Rows of one HTTP client: its state, and the leases that have been out for long or that nobody can close any more. */
final class HttpRows {

    private static final long NOTABLE_MILLIS = 2_000;
    private static final int MAX_ROWS = 200;

    private final Leases leases;
    private final ThreadView threads;
    private final ScopeWatch scopes;

    HttpRows(Leases leases, ThreadView threads) {
        this.leases = leases;
        this.threads = threads;
        this.scopes = new ScopeWatch(threads);
    }

    List<Signal> of(HttpPoolHandle pool, long tick, long now) {
        HttpPoolHandle.State state = pool.state();
        if (state == null) {
            return List.of();
        }
        boolean full = state.routeMax() > 0 && state.routeLeased() >= state.routeMax();
        leases.attend(pool, state.pending() > 0 || state.routeMax() > 0 && state.routeLeased() * 2 > state.routeMax());
        List<Signal> rows = new ArrayList<>();
        rows.add(Signal.of(Signal.HTTP_POOL, now)
                .with("tick", tick).with("resource", pool.id()).with("library", pool.library())
                .with("leased", state.leased()).with("available", state.available()).with("max", state.max())
                .with("pending", state.pending()).with("route", state.route()).with("routeLeased", state.routeLeased())
                .with("routeMax", state.routeMax()).with("routePending", state.routePending())
                .with("clients", state.clients()).build());
        List<Lease.View> notable = leases.of(pool).stream()
                .filter(lease -> full && state.pending() > 0 || lease.unreachable() || lease.heldMillis() >= NOTABLE_MILLIS)
                .sorted(Comparator.comparingLong(Lease.View::heldMillis).reversed())
                .limit(MAX_ROWS).toList();
        Map<Long, Borrower> borrowers = Borrower.of(notable.stream().map(Lease.View::threadId).toList(), threads);
        notable.forEach(lease -> rows.add(row(pool, lease, borrowers.get(lease.threadId()), tick, now)));
        return rows;
    }

    private Signal row(HttpPoolHandle pool, Lease.View lease, Borrower borrower, long tick, long now) {
        Lease slot = leases.byId(lease.id());
        Object entry = slot == null ? null : slot.entry();
        return Signal.of(Signal.HELD_RESPONSE, now)
                .with("tick", tick).with("resource", pool.id()).with("leaseId", lease.id())
                .with("route", entry == null ? "" : pool.route(entry))
                .with("thread", borrower.name()).with("threadId", lease.threadId())
                .with("heldFor", lease.heldMillis()).with("calmHold", lease.calmHoldMillis()).with("site", lease.siteText()).with("doing", borrower.doing())
                .with("activity", borrower.activity(null).name())
                .with("inScope", borrower.isStillAt(lease.siteText()))
                .with("scopeOver", scopes.isOver(lease, borrower, borrower, tick))
                .with("unreachable", lease.unreachable()).build();
    }
}
