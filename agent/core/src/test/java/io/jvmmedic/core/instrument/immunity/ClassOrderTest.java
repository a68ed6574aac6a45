package io.jvmmedic.core.instrument.immunity;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.acme.locks.Circle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that were initialized in a circle once are initialized in order, by one thread, at the next start. */
class ClassOrderTest {

    private static final Duration STILL = Duration.ofMillis(300);

    @TempDir
    Path folder;

    @Test
    void aCircleIsRecordedAndInitializedInOrderAtTheNextStart() throws Exception {
        try (Sickbed bed = new Sickbed()) {
            Immunity first = bed.immunity(true);
            first.open(folder.resolve("signatures"), true);
            first.record(circle());
            assertEquals("RECORDED", first.rows().get(0).state());
            assertEquals("it is made use of at the next start", first.rows().get(0).reason());

            Immunity second = bed.immunity(true);
            second.open(folder.resolve("signatures"), true);
            assertEquals("INITIALIZED", second.rows().get(0).state(), second.rows().get(0).reason());
            assertEquals("initialization of Circle$A, Circle$B", second.rows().get(0).places());
            assertEquals(List.of("A by jvm-medic-call-N", "B by jvm-medic-call-N"), Circle.INITIALIZED);
            assertEquals(List.of(), bed.warnings);
        }
    }

    /** It would be one more thread that begins with one of them. */
    @Test
    void nothingIsInitializedInAnApplicationThatRuns() throws Exception {
        try (Sickbed bed = new Sickbed()) {
            new SignatureFile(folder.resolve("signatures"), bed.warnings::add)
                    .add(new Signature("2026-11-21T08:00:00Z", List.of(), List.of("com.acme.locks.Circle$Failing")));
            Immunity immunity = bed.immunity(true);
            immunity.open(folder.resolve("signatures"), false);
            assertEquals("RECORDED", immunity.rows().get(0).state());
            assertEquals(List.of(), bed.warnings);
        }
    }

    @Test
    void anInitializerThatFailsSoEarlyIsTriedOnceOnly() throws Exception {
        try (Sickbed bed = new Sickbed()) {
            SignatureFile file = new SignatureFile(folder.resolve("signatures"), bed.warnings::add);
            file.add(new Signature("2026-11-21T08:00:00Z", List.of(), List.of("com.acme.locks.Circle$Failing")));
            Immunity immunity = bed.immunity(true);
            immunity.open(folder.resolve("signatures"), true);
            assertEquals("REFUSED", immunity.rows().get(0).state());
            assertEquals("the initializer of com.acme.locks.Circle$Failing failed before main: java.lang.IllegalStateException:"
                    + " not configured yet; it is removed from the file, so the next start does without",
                    immunity.rows().get(0).reason());
            assertEquals(List.of(), file.read());
        }
    }

    @Test
    void classesOfAnotherApplicationAreRefused() throws Exception {
        try (Sickbed bed = new Sickbed()) {
            new SignatureFile(folder.resolve("signatures"), bed.warnings::add)
                    .add(new Signature("2026-11-21T08:00:00Z", List.of(), List.of("com.acme.Gone")));
            Immunity immunity = bed.immunity(true);
            immunity.open(folder.resolve("signatures"), true);
            assertEquals("REFUSED", immunity.rows().get(0).state());
            assertEquals("matches nothing: the application's loader has no com.acme.Gone", immunity.rows().get(0).reason());
        }
    }

    /** In a loader of their own, so that the classes of the next start are others. */
    private static List<Long> circle() throws Exception {
        Sickbed.Fresh loader = new Sickbed.Fresh(Circle.class);
        Class<?> type = loader.loadClass(Circle.class.getName());
        type.getField("meet").set(null, new CyclicBarrier(2));
        Collection<?> begun = (Collection<?>) type.getField("INITIALIZED").get(null);
        List<Thread> threads = List.of(Sickbed.daemon(() -> touch(loader, "A")), Sickbed.daemon(() -> touch(loader, "B")));
        // Where they stand then for a while they stand for ever: no state of a thread tells.
        await().atMost(Sickbed.SOON).during(STILL).until(() -> begun.size() == 2 && threads.stream().allMatch(thread ->
                Arrays.stream(thread.getStackTrace()).findFirst().filter(top -> top.getMethodName().equals("<clinit>"))
                        .isPresent()));
        return threads.stream().map(Thread::getId).toList();
    }

    private static void touch(ClassLoader loader, String name) {
        try {
            Class.forName(Circle.class.getName() + "$" + name, true, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
