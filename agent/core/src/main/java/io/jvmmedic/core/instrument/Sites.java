package io.jvmmedic.core.instrument;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All sites. Searched only when a class matched by name, and there are few of those: a list is enough. */
final class Sites {

    private final List<Site> sites = new CopyOnWriteArrayList<>();

    Site of(ClassLoader loader, Integration integration) {
        Site known = find(loader, integration);
        if (known != null) {
            return known;
        }
        Site fresh = new Site(loader, integration);
        synchronized (this) {
            Site raced = find(loader, integration);
            if (raced != null) {
                return raced;
            }
            sites.add(fresh);
            return fresh;
        }
    }

    List<Site> all() {
        sites.removeIf(Site::isGone);
        return sites;
    }

    private Site find(ClassLoader loader, Integration integration) {
        for (Site site : sites) {
            if (site.isFor(loader, integration)) {
                return site;
            }
        }
        return null;
    }
}
