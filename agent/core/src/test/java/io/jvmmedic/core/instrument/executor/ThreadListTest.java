package io.jvmmedic.core.instrument.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.executor.ThreadList.Counters;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ThreadListTest {

    private Counters counters = new Counters(10, 5);
    private int listings;
    private final ThreadList list = new ThreadList(() -> counters, () -> {
        listings++;
        return List.of(Thread.currentThread());
    });

    @Test
    void isTakenTwiceAndThenKeptWhileNobodyBeginsOrEnds() {
        list.now();
        List<Thread> settled = list.now();
        assertEquals(2, listings);

        assertSame(settled, list.now());
        assertSame(settled, list.now());
        assertEquals(2, listings);
    }

    @Test
    void oneThatBeganAndEndedInBetweenIsAReasonAndSoIsOneThatEnded() {
        list.now();
        list.now();
        counters = new Counters(11, 5);
        list.now();
        assertEquals(3, listings);
        counters = new Counters(11, 4);
        list.now();
        assertEquals(4, listings);
        list.now();
        assertEquals(5, listings, "the counters go ahead of the list");
        list.now();
        assertEquals(5, listings);
    }

    @Test
    void isTakenEachTimeWhereNobodyCounts() {
        counters = null;
        list.now();
        list.now();
        list.now();
        assertEquals(3, listings);
    }

    @Test
    void ofThisJvmItHasWhoeverBeganAndNobodyWhoEnded() throws InterruptedException {
        ThreadList own = ThreadList.ofThisJvm();
        own.now();
        own.now();
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        try {
            assertTrue(own.now().contains(thread));
        } finally {
            end.countDown();
            thread.join();
        }
        own.now();
        assertFalse(own.now().contains(thread));
    }
}
