package io.jvmmedic.core.instrument.immunity;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.acme.locks.Ailing;
import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.core.instrument.ModuleOpener;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import net.bytebuddy.agent.ByteBuddyAgent;

/** Classes loaded afresh, deadlocks made on purpose, and immunity as it is after a restart; cleans up behind itself. */
final class Sickbed implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(60);
    /** Ten times what an application is asked to bear: a machine that stands still for a moment must not let anybody by. */
    static final Duration LIMIT = Duration.ofSeconds(20);

    private final Instrumentation instrumentation = ByteBuddyAgent.install();
    private final long failuresBefore = AdviceFailures.count();
    private final List<Immunity> opened = new ArrayList<>();
    final List<String> warnings = new CopyOnWriteArrayList<>();

    /** Defines the classes of a patient itself, each time anew. */
    static final class Fresh extends ClassLoader {
        private final Class<?> patient;

        Fresh(Class<?> patient) {
            super(patient.getClassLoader());
            this.patient = patient;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.equals(patient.getName()) && !name.startsWith(patient.getName() + "$")) {
                    return super.loadClass(name, resolve);
                }
                Class<?> known = findLoadedClass(name);
                byte[] bytes = known == null ? bytes(name) : null;
                return known == null ? defineClass(name, bytes, 0, bytes.length) : known;
            }
        }

        private byte[] bytes(String name) throws ClassNotFoundException {
            try (InputStream in = patient.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    Immunity immunity(boolean enabled) {
        return immunity(enabled, LIMIT);
    }

    Immunity immunity(boolean enabled, Duration limit) {
        Immunity immunity = new Immunity(instrumentation, new ModuleOpener(instrumentation), enabled, limit, warnings::add);
        opened.add(immunity);
        immunity.engage(true);
        return immunity;
    }

    static Ailing patient(Class<? extends Ailing> patient) {
        try {
            var constructor = Class.forName(patient.getName(), true, new Fresh(patient)).getDeclaredConstructor();
            constructor.setAccessible(true);
            return (Ailing) constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Two threads that wait for each other for ever; their ids, each waits for the next. */
    static List<Long> deadlock(Ailing patient) {
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        Runnable meet = () -> {
            try {
                bothHoldOne.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        List<Long> ids = List.of(daemon(() -> patient.ab(meet)).getId(), daemon(() -> patient.ba(meet)).getId());
        await().atMost(SOON).until(() -> areDeadlocked(ids));
        return ids;
    }

    private static boolean areDeadlocked(List<Long> ids) {
        long[] found = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
        return found != null && ids.stream().allMatch(id -> Arrays.stream(found).anyMatch(one -> one == id));
    }

    static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "patient");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Runs both orders in many threads until each has come through often; false when they stand still. */
    static boolean survives(Ailing patient, int threads, int times) {
        CountDownLatch done = new CountDownLatch(threads);
        CountDownLatch go = new CountDownLatch(1);
        List<Throwable> problems = new CopyOnWriteArrayList<>();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            boolean forth = i % 2 == 0;
            all.add(daemon(() -> {
                try {
                    go.await();
                    for (int n = 0; n < times; n++) {
                        if (forth) {
                            patient.ab(Thread::onSpinWait);
                        } else {
                            patient.ba(Thread::onSpinWait);
                        }
                    }
                } catch (Throwable e) {
                    problems.add(e);
                }
                done.countDown();
            }));
        }
        go.countDown();
        await().atMost(SOON.multipliedBy(2)).until(() ->
                done.getCount() == 0 || all.stream().anyMatch(one -> areDeadlocked(List.of(one.getId()))));
        assertEquals(List.of(), problems);
        return done.getCount() == 0;
    }

    @Override
    public void close() {
        opened.forEach(Immunity::uninstall);
        assertEquals(failuresBefore, AdviceFailures.count(), AdviceFailures::first);
    }
}
