package io.jvmmedic.core.instrument.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import io.jvmmedic.core.resource.ExecutorHandle;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Jdk;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Static initialisers that wait, which still pins a virtual thread to its carrier. */
public class CarrierHandleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final CountDownLatch RELEASE = new CountDownLatch(1);

    /** One class of its own for each thread: a class is initialised once. */
    private static final class Loader extends ClassLoader {
        Class<?> define() throws Exception {
            byte[] bytes = CarrierHandleTest.class.getResourceAsStream("CarrierHandleTest$Pinning.class").readAllBytes();
            return defineClass(Pinning.class.getName(), bytes, 0, bytes.length);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return CarrierHandleTest.class.getClassLoader().loadClass(name);
        }
    }

    /** Waits while it initialises. */
    public static final class Pinning {
        static {
            CarrierHandleTest.awaitRelease();
        }

        public static void touch() {
            // Initialises the class.
        }
    }

    public static void awaitRelease() {
        try {
            RELEASE.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void carriersThatAreHeldAreSeenAndMoreLetTheOthersRun() throws Throwable {
        ResourceRegistry registry = new ResourceRegistry();
        ThreadCensus census = new ThreadCensus(registry, new ModuleOpener(ByteBuddyAgent.install()), List.of());
        Jdk.startVirtual(() -> { });
        await().atMost(PATIENCE).until(() -> {
            census.run();
            return registry.executors().stream().anyMatch(one -> one.library().equals(ExecutorHandle.CARRIERS));
        });
        ExecutorHandle carriers = registry.executors().stream()
                .filter(one -> one.library().equals(ExecutorHandle.CARRIERS)).findFirst().orElseThrow();
        assertEquals("executor:carriers", carriers.id().toString());
        int parallelism = carriers.state().max();
        for (int i = 0; i < parallelism; i++) {
            Class<?> type = new Loader().define();
            Jdk.startVirtual(() -> {
                try {
                    type.getMethod("touch").invoke(null);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        // Loading a class may have cost a spare carrier, which must have gone to rest.
        await().atMost(PATIENCE).until(() -> carriers.blockedWorkers().size() == parallelism
                && carriers.state().active() == parallelism);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            Jdk.startVirtual(ran::incrementAndGet);
        }
        await().atMost(PATIENCE).until(() -> carriers.state().queued() >= 100);
        ExecutorHandle.State starved = carriers.state();
        assertEquals(parallelism, starved.active());
        assertEquals(0, ran.get());
        carriers.grow().pull(2 * parallelism);
        await().atMost(PATIENCE).until(() -> ran.get() == 100);
        assertTrue(carriers.state().completed() > starved.completed());
        carriers.restore().pull(new ExecutorHandle.Size(parallelism, parallelism));
        assertEquals(parallelism, carriers.state().max());
        RELEASE.countDown();
        await().atMost(PATIENCE).until(() -> carriers.blockedWorkers().isEmpty());
    }
}
