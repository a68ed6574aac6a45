package io.jvmmedic.core.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.PoolHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.signal.SlotTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveResourcesTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final ThreadView threads = new ThreadView() {
        @Override
        public Thread byId(long id) {
            return id == Thread.currentThread().getId() ? Thread.currentThread() : null;
        }

        @Override
        public int count() {
            return 1;
        }
    };
    private final LiveResources live = new LiveResources(registry, threads,
            pool -> List.of(new SlotTime("com.acme.Orders.save(Orders.java:7)", 2, 3_000, 1_000, 0)));
    private final Object pool = new Object();

    private record Pool(ResourceId id, Object about, PoolHandle.State state) implements PoolHandle {
        @Override
        public String library() {
            return "TestPool";
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public boolean isAbout(Object hostObject) {
            return about == hostObject;
        }

        @Override
        public boolean wraps(String type) {
            return type.startsWith("com.acme.pool.");
        }

        @Override
        public boolean inUse(Object entry) {
            return true;
        }

        @Override
        public List<Object> entriesInUse() {
            return List.of();
        }

        @Override
        public Lever<Object> closeEntry() {
            return Lever.absent("test");
        }

        @Override
        public Lever<Object> evictHandle() {
            return Lever.absent("test");
        }

        @Override
        public Lever<Void> softEvict() {
            return Lever.absent("test");
        }

        @Override
        public Lever<Integer> resize() {
            return Lever.absent("test");
        }

        @Override
        public Lever<Integer> kick() {
            return Lever.absent("test");
        }
    }

    private Pool open(Object host, ResourceRegistry all) {
        return new Pool(all.uniqueId(ResourceId.Kind.POOL, "orders"), host, new PoolHandle.State(1, 2, 3, 10, 1));
    }

    @Test
    void aHolderIsShownWithItsThreadSiteAndWhatItDoes() throws Refusal {
        Object handle = new Object();
        registry.leases().borrowed(pool, new Object(), handle, this::open);
        registry.leases().waiting(pool, this::open);

        PoolView view = live.pools().get(0);
        assertEquals("pool:orders", view.resource());
        assertEquals(List.of(1, 2, 10, 1), List.of(view.used(), view.idle(), view.max(), view.waiting()));
        assertEquals(1, view.served());
        assertEquals(Map.of("pool", 1), live.counts());

        HoldersView holders = live.holders("orders");
        HoldersView.Holder holder = holders.holders().get(0);
        assertEquals(Thread.currentThread().getName(), holder.thread());
        assertTrue(holder.site().contains("."), holder::site);
        assertEquals("WAITING_FOR_POOL", holder.activity());
        assertEquals("pool:orders", holder.waitsFor());
        assertEquals(1, holders.waiters().get(0).holds());
        assertEquals(List.of(new HoldersView.Site("com.acme.Orders.save(Orders.java:7)", 2, 3_000, 1_000, 0)),
                holders.sites());
        assertTrue(handle.hashCode() != 0);
    }

    @Test
    void anUnknownOrAmbiguousNameSaysWhatThereIs() {
        assertTrue(assertThrows(Refusal.class, () -> live.holders("x")).getMessage().contains("nothing is watched yet"));
        registry.register(pool, this::open);
        assertTrue(assertThrows(Refusal.class, () -> live.holders("x")).getMessage().contains("it has pool:orders"));
        registry.register(new Object(), (host, all) -> new Pool(new ResourceId(ResourceId.Kind.JVM, "orders"), host,
                new PoolHandle.State(0, 0, 0, 1, 0)));
        assertTrue(assertThrows(Refusal.class, () -> live.holders("orders")).getMessage()
                .contains("name one of jvm:orders, pool:orders"));
    }

    @Test
    void aPoolThatIsGoneIsNotListedAndSaysSo() {
        registry.register(pool, (host, all) -> new Pool(all.uniqueId(ResourceId.Kind.POOL, "gone"), host, null));
        assertEquals(List.of(), live.pools());
        assertTrue(assertThrows(Refusal.class, () -> live.holders("gone")).getMessage().contains("pool:gone is gone"));
    }
}
