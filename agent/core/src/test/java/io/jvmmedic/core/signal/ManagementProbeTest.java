package io.jvmmedic.core.signal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A deadlock in this JVM, one that an interrupt opens. */
class ManagementProbeTest {

    private final Lock one = new ReentrantLock();
    private final Lock two = new ReentrantLock();
    private final CyclicBarrier bothHoldOne = new CyclicBarrier(2);

    @Test
    void aCycleIsToldEachRoundAlsoBetweenTwoLooksAndNoLonger() throws InterruptedException {
        FakeClock clock = new FakeClock();
        ManagementProbe probe = new ManagementProbe(clock);
        Thread there = transfer("there", one, two);
        Thread back = transfer("back", two, one);
        Set<Long> members = Set.of(there.getId(), back.getId());
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            clock.advance(Duration.ofMinutes(5));
            return members.equals(threadIds(probe.deadlocks(1, 0)));
        });
        // From here on the clock stands still: no further look is due.
        assertEquals(members, threadIds(probe.deadlocks(2, 0)));
        there.interrupt();
        there.join();
        back.join();
        assertEquals(List.of(), probe.deadlocks(3, 0));
    }

    private Thread transfer(String name, Lock first, Lock second) {
        Thread thread = new Thread(() -> {
            try {
                first.lockInterruptibly();
                try {
                    bothHoldOne.await();
                    second.lockInterruptibly();
                    second.unlock();
                } finally {
                    first.unlock();
                }
            } catch (Exception e) {
                // Opened by the test.
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static Set<Long> threadIds(List<Signal> rows) {
        return rows.stream().map(row -> row.number("threadId")).collect(Collectors.toSet());
    }
}
