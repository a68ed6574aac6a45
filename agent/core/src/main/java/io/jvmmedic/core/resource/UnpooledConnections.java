package io.jvmmedic.core.resource;

import io.jvmmedic.core.util.AppFrames;
import io.jvmmedic.core.util.Jdk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Physical connections that no pool counts: an application, or a framework on its behalf, asked the driver for them. They
 * are told by database and by the code that opened them. A connection that a pool opens for itself is left out: one class
 * of a pool on the stack of its opening decides.
 *
 * <p>There is nothing to repair here. What can be proven, that a connection was collected although nobody had closed it,
 * is proven of an object that is gone, and its socket is left to a cleaner of the driver. So leaks are counted, by site.
 *
 * <p>Written by host threads when a physical connection is opened or closed, which costs them a round trip at least; read
 * by the sampler. Thread-safe, and bounded in every direction.
 */
public final class UnpooledConnections {

    /** Open ones beyond this are not followed. */
    private static final int MAX_OPEN = 2_000;
    private static final int MAX_DATABASES = 100;
    private static final String MORE_DATABASES = "(more than " + MAX_DATABASES + " databases)";
    private static final int MAX_SITES = 200;
    private static final String MORE_SITES = "(more than " + MAX_SITES + " sites)";
    private static final String NO_SITE = "(no application frame)";

    /**
     * What one piece of code has opened in one database.
     *
     * @param open still open, as far as they are followed
     * @param oldestMillis age of the oldest open one; 0 when there is none
     * @param opened since the agent started
     * @param leaked collected by the garbage collector although nobody had closed them
     */
    public record Row(ResourceHandle database, String site, int open, long oldestMillis, long opened, long leaked) {
    }

    private static final class Counts {
        private long opened;
        private long leaked;
    }

    private final LeaseTable table = new LeaseTable();
    /** By name: a handle is made for each connection, and the first of its name stands for all. */
    private final Map<String, ResourceHandle> databases = new ConcurrentHashMap<>();
    private final Map<String, SiteStatistics> sites = new ConcurrentHashMap<>();
    /** By database and site; guarded by itself. */
    private final Map<ResourceHandle, Map<String, Counts>> counts = new HashMap<>();

    // ---- written by hooks

    /** @param factory tells the database from {@code source}, whatever the driver was given to find it */
    void opened(Object source, Object connection, HandleFactory factory, ResourceRegistry registry) {
        // A driver may come here twice for one connection, by an overload that calls another.
        if (table.find(connection) != null || isOpenedByAPool()) {
            return;
        }
        ResourceHandle database = database(factory.open(source, registry));
        SiteStatistics site = site(AppFrames.here());
        synchronized (counts) {
            counts(database, site.site()).opened++;
        }
        if (table.all().size() < MAX_OPEN) {
            table.add(connection, database, false).borrowed(connection, Jdk.threadId(Thread.currentThread()), site);
        }
    }

    void closed(Object connection) {
        Lease lease = table.find(connection);
        if (lease != null) {
            lease.returned(true);
            table.remove(lease);
        }
    }

    private static boolean isOpenedByAPool() {
        return StackWalker.getInstance().walk(frames -> frames.anyMatch(frame -> PoolLibraries.include(frame.getClassName())));
    }

    private ResourceHandle database(ResourceHandle fresh) {
        String name = fresh.id().name();
        ResourceHandle known = databases.get(name);
        if (known != null) {
            return known;
        }
        return databases.size() < MAX_DATABASES ? databases.computeIfAbsent(name, key -> fresh)
                : databases.computeIfAbsent(MORE_DATABASES, UnpooledDatabase::new);
    }

    private SiteStatistics site(String text) {
        String site = text.isEmpty() ? NO_SITE : text;
        SiteStatistics known = sites.get(site);
        if (known != null) {
            return known;
        }
        return sites.computeIfAbsent(sites.size() < MAX_SITES ? site : MORE_SITES, SiteStatistics::new);
    }

    private Counts counts(ResourceHandle database, String site) {
        return counts.computeIfAbsent(database, key -> new HashMap<>())
                .computeIfAbsent(site, key -> new Counts());
    }

    // ---- read by the sampler

    /** Counts what was collected without a close since the last time. */
    void prune() {
        for (Lease lease : table.prune()) {
            Lease.View view = lease.read();
            if (view != null) {
                synchronized (counts) {
                    counts(view.resource(), view.siteText()).leaked++;
                }
            }
        }
    }

    boolean isOpenBy(long thread) {
        return open().anyMatch(view -> view.threadId() == thread);
    }

    /** The open connections of a database. */
    public List<Lease.View> of(ResourceHandle database) {
        return open().filter(view -> view.resource() == database).toList();
    }

    /** Databases that were connected to without a pool. */
    public List<ResourceHandle> databases() {
        return List.copyOf(databases.values());
    }

    /** One row for each piece of code and database, those with the most open connections first. */
    public List<Row> rows() {
        prune();
        List<Lease.View> open = open().toList();
        List<Row> rows = new ArrayList<>();
        synchronized (counts) {
            counts.forEach((database, sitesOf) -> sitesOf.forEach((site, count) -> {
                List<Lease.View> own = open.stream()
                        .filter(view -> view.resource() == database && view.siteText().equals(site)).toList();
                rows.add(new Row(database, site, own.size(),
                        own.stream().mapToLong(Lease.View::heldMillis).max().orElse(0), count.opened, count.leaked));
            }));
        }
        rows.sort(Comparator.comparingInt(Row::open).thenComparingLong(Row::leaked).reversed()
                .thenComparing(Row::site));
        return rows;
    }

    private Stream<Lease.View> open() {
        return table.all().stream().map(Lease::read).filter(view -> view != null && !view.unreachable());
    }
}
