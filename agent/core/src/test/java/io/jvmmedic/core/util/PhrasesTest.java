package io.jvmmedic.core.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhrasesTest {

    @Test
    void sites() {
        assertEquals("OrderService.save:88", Phrases.site("com.acme.OrderService.save(OrderService.java:88)"));
        assertEquals("OrderService.save", Phrases.site("com.acme.OrderService.save(Unknown)"));
        assertEquals("Main.main:3", Phrases.site("Main.main(Main.java:3)"));
        assertEquals("(more than 1000 borrow sites)", Phrases.site("(more than 1000 borrow sites)"));
        assertEquals("an unknown site", Phrases.site(""));
        assertTrue(Phrases.isApplicationSite("com.acme.OrderService.save(OrderService.java:88)"));
        assertFalse(Phrases.isApplicationSite("jdk.internal.misc.Unsafe.park(Unsafe.java)"));
        assertFalse(Phrases.isApplicationSite(""));
    }

    @Test
    void durations() {
        assertEquals("0.4 s", Phrases.duration(400));
        assertEquals("41 s", Phrases.duration(41_900));
        assertEquals("20 min", Phrases.duration(20 * 60_000));
        assertEquals("3 h", Phrases.duration(3 * 3_600_000));
    }

    @Test
    void counts() {
        assertEquals("1 thread", Phrases.count(1, "thread"));
        assertEquals("0 threads", Phrases.count(0, "thread"));
        assertEquals("FutureTask@1b", Phrases.type("java.util.concurrent.FutureTask@1b"));
    }
}
