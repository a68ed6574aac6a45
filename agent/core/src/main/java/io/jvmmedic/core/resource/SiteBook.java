package io.jvmmedic.core.resource;

import java.util.concurrent.ConcurrentHashMap;

/** All borrow sites, bounded: beyond {@link #MAX_SITES} new sites share one entry, so that 10 000 of them cannot eat the heap. */
final class SiteBook {

    private static final int MAX_SITES = 1_000;
    private static final String OVERFLOW = "(more than " + MAX_SITES + " borrow sites)";

    private final ConcurrentHashMap<String, SiteStatistics> sites = new ConcurrentHashMap<>();

    SiteStatistics of(String site) {
        SiteStatistics known = sites.get(site);
        if (known != null) {
            return known;
        }
        return sites.computeIfAbsent(sites.size() < MAX_SITES ? site : OVERFLOW, SiteStatistics::new);
    }
}
