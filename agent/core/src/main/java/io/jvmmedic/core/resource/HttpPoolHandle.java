package io.jvmmedic.core.resource;

/** The connection pool of an HTTP client, or, for a client without one, its requests in flight. */
public interface HttpPoolHandle extends ResourceHandle {

    /**
     * Counters of the client.
     *
     * @param max -1 when unbounded
     * @param route the route with the fewest free connections; empty when unknown
     * @param routeMax -1 when unbounded
     * @param clients clients alive behind this row
     */
    record State(int leased, int available, int max, int pending,
            String route, int routeLeased, int routeMax, int routePending, long clients) {

        /** Whether all requests that wait are for what is full: for the whole client, or for that one route. */
        public boolean isJammed() {
            return pending > 0 && (isFull() || routeMax > 0 && routeLeased >= routeMax && routePending == pending);
        }

        /** Connections leased of what is full. */
        public int taken() {
            return isFull() ? leased : routeLeased;
        }

        private boolean isFull() {
            return max > 0 && leased >= max;
        }
    }

    /** Never throws; {@code null} when the client is gone. */
    State state();

    /** Host and port of a leased entry; empty when unknown. */
    String route(Object entry);

    /** Whether this entry is leased right now, by the pool's own word. */
    boolean inUse(Object entry);

    /** Closes one leased connection at once and takes it out of the pool, by its entry. */
    Lever<Object> abortEntry();
}
