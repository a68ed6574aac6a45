package io.jvmmedic.core.detect;

import io.jvmmedic.core.model.Signal;
import java.util.Optional;

/**
 * What limits an HTTP client: its fullest route, or the whole client when that is full first.
 *
 * @param name host and port; empty for the whole client
 * @param max -1 when unbounded
 */
record HttpRoute(String name, long leased, long max, long pending) {

    static HttpRoute of(Signal pool) {
        HttpRoute route = new HttpRoute(pool.text("route"), pool.number("routeLeased"), pool.number("routeMax"),
                pool.number("routePending"));
        HttpRoute whole = whole(pool);
        return !route.isFull() && whole.isFull() ? whole : route;
    }

    private static HttpRoute whole(Signal pool) {
        return new HttpRoute("", pool.number("leased"), pool.number("max"), pool.number("pending"));
    }

    /** What all requests that wait are for, and is full; empty when there is no such thing. */
    static Optional<HttpRoute> ofAllWaiting(Signal pool) {
        HttpRoute whole = whole(pool);
        HttpRoute route = of(pool);
        return whole.isFull() ? Optional.of(whole)
                : route.isFull() && route.pending() == whole.pending() ? Optional.of(route) : Optional.empty();
    }

    boolean isFull() {
        return max > 0 && leased >= max && pending > 0;
    }

    /** Whether a lease takes a slot of this route. */
    boolean concerns(Signal held) {
        return name.isEmpty() || held.text("route").isEmpty() || held.text("route").equals(name);
    }

    /** {@code route api:443: 20 of 20 leased, 7 pending}. */
    String state() {
        return (name.isEmpty() ? "" : "route " + name + ": ") + leased + (max < 0 ? "" : " of " + max) + " leased, "
                + pending + " pending";
    }
}
