package io.jvmmedic.core.util;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StacksTest {

    /** More than share a pause. */
    private static final int THREADS = 300;

    private final CountDownLatch end = new CountDownLatch(1);

    private void waitsBelow(int depth) {
        if (depth > 0) {
            waitsBelow(depth - 1);
            return;
        }
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Thread waiting(int depth) {
        Thread thread = new Thread(() -> waitsBelow(depth));
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void eachThreadHasItsOwnWholeStack() throws Exception {
        Thread ended = new Thread(() -> { });
        ended.start();
        ended.join();
        List<Thread> threads = new ArrayList<>(List.of(ended));
        for (int depth = 0; depth < THREADS; depth++) {
            threads.add(waiting(depth));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> threads.stream()
                .allMatch(thread -> thread == ended || thread.getState() == Thread.State.WAITING));
        Map<Thread, StackTraceElement[]> stacks = Stacks.of(threads);
        assertEquals(threads, List.copyOf(stacks.keySet()));
        assertEquals(0, stacks.get(ended).length);
        for (int depth = 0; depth < THREADS; depth++) {
            StackTraceElement[] stack = stacks.get(threads.get(depth + 1));
            assertEquals(depth + 1, Arrays.stream(stack).filter(frame -> frame.getMethodName().equals("waitsBelow")).count());
            assertEquals("run", stack[stack.length - 1].getMethodName());
        }
        end.countDown();
    }

    @Test
    void oneAloneAndNone() {
        assertTrue(Stacks.of(List.of()).isEmpty());
        assertTrue(Stacks.of(List.of(Thread.currentThread())).get(Thread.currentThread()).length > 0);
    }
}
