package io.jvmmedic.core.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.util.Jdk;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Every way in which a virtual thread can have been started. */
class ThreadContainersTest {

    private static final String FLOCK = "jdk.internal.misc";

    private final ModuleOpener opener = new ModuleOpener(ByteBuddyAgent.install());
    private final ThreadContainers containers = new ThreadContainers(opener);
    private final CountDownLatch end = new CountDownLatch(1);

    private void untilTheEnd(CountDownLatch started) {
        started.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory virtual(String name) throws ReflectiveOperationException {
        Class<?> type = Class.forName("java.lang.Thread$Builder");
        Object builder = type.getMethod("name", String.class).invoke(Thread.class.getMethod("ofVirtual").invoke(null), name);
        return (ThreadFactory) type.getMethod("factory").invoke(builder);
    }

    /** What a structured scope is made of, and no preview. */
    private void forkInScope(ThreadFactory factory, Runnable work) {
        opener.open(Object.class.getModule(), FLOCK);
        try {
            Class<?> type = Class.forName(FLOCK + ".ThreadFlock");
            Object scope = Members.call(null, Members.method(type, "open", String.class).orElseThrow(), "scope");
            Members.call(scope, Members.method(type, "start", Thread.class).orElseThrow(), factory.newThread(work));
            Members.call(scope, Members.method(type, "close").orElseThrow());
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void findsThemInWhateverTheyWereStarted() throws Exception {
        assertTrue(containers.blindness().isEmpty(), () -> containers.blindness().orElseThrow());
        CountDownLatch started = new CountDownLatch(6);
        Runnable work = () -> untilTheEnd(started);
        ExecutorService fixed = Executors.newFixedThreadPool(1, virtual("of a pool"));
        ExecutorService perTask = (ExecutorService) Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                .invoke(null, virtual("of a task"));
        ExecutorService platform = Executors.newFixedThreadPool(1);
        ThreadFactory inner = virtual("in a scope of a virtual thread");
        try {
            virtual("direct").newThread(work).start();
            fixed.execute(work);
            perTask.execute(work);
            ThreadFactory forked = virtual("in a scope of a pool's worker");
            platform.execute(() -> forkInScope(forked, () -> {
                started.countDown();
                forkInScope(inner, work);
            }));
            ThreadFactory nested = virtual("owner of a scope");
            perTask.execute(() -> forkInScope(nested, work));
            assertTrue(started.await(60, TimeUnit.SECONDS));

            Collection<Thread> found = containers.all(Thread.getAllStackTraces().keySet());

            assertTrue(found.stream().allMatch(Jdk::isVirtual));
            assertTrue(found.stream().map(Thread::getName).collect(Collectors.toSet()).containsAll(Set.of("direct", "of a pool",
                    "of a task", "in a scope of a pool's worker", "in a scope of a virtual thread", "owner of a scope")),
                    found::toString);
            assertEquals(found.size(), Set.copyOf(found).size());
        } finally {
            end.countDown();
            fixed.shutdown();
            perTask.shutdown();
            platform.shutdown();
        }
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_17)
    void thereAreNoneBefore21() {
        assertTrue(containers.all(Thread.getAllStackTraces().keySet()).isEmpty());
        assertTrue(containers.blindness().isEmpty());
        assertTrue(containers.shared().isEmpty());
    }
}
