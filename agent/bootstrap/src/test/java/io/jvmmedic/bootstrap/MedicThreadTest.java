package io.jvmmedic.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MedicThreadTest {

    @Test
    void takesNothingOfTheHostWithItAndKeepsNothingAlive() throws InterruptedException {
        InheritableThreadLocal<String> hosts = new InheritableThreadLocal<>();
        hosts.set("a tenant");
        AtomicReference<String> inherited = new AtomicReference<>("nothing ran");
        MedicThread thread = new MedicThread(() -> inherited.set(hosts.get()), "test");
        thread.start();
        thread.join();
        assertNull(inherited.get());
        assertNull(thread.getContextClassLoader());
        assertTrue(thread.isDaemon());
        assertEquals(MedicThread.PREFIX + "test", thread.getName());
    }

    @Test
    void anErrorOfOursIsCountedAndGoesNowhereElse() throws InterruptedException {
        long before = AdviceFailures.count();
        MedicThread thread = new MedicThread(() -> {
            throw new IllegalStateException("a defect");
        }, "test");
        thread.start();
        thread.join();
        assertEquals(before + 1, AdviceFailures.count());
        assertFalse(AdviceFailures.first().isEmpty());
    }
}
