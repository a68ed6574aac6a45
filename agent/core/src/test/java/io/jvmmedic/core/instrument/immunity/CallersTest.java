package io.jvmmedic.core.instrument.immunity;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.locks.Ailing;
import com.acme.locks.Branches;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A synchronized method that two threads deadlocked in is gated for whoever calls it, in the same process. */
class CallersTest {

    private static final int THREADS = 4;
    private static final int TIMES = 5_000;

    private static final Pattern SAID = Pattern.compile("Branches\\$Account\\.give is gated at (\\d+) calls until the next start, "
            + "not at 1 method reference");

    private final Sickbed bed = new Sickbed();
    private Immunity immunity;
    private Ailing patient;
    private ClassLoader loader;

    @BeforeEach
    void fallSick() {
        immunity = bed.immunity(true);
        patient = Sickbed.patient(Branches.class);
        loader = patient.getClass().getClassLoader();
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private Ailing by(String way) throws ReflectiveOperationException {
        return (Ailing) patient.getClass().getMethod("by", String.class).invoke(patient, way);
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(Branches.class.getName() + "$" + name, true, loader);
    }

    private void suffer() throws Exception {
        immunity.record(Sickbed.deadlock(patient));
        await().atMost(Sickbed.SOON).until(() -> !said().contains("looked for"));
        assertEquals("GATED", immunity.rows().get(0).state(), said());
    }

    private String said() {
        return immunity.rows().get(0).reason();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Elsewhere", "Abroad"})
    void aCallerThatWasNotInTheCycleDoesNotDeadlock(String way) throws Exception {
        Ailing other = by(way);
        suffer();
        assertTrue(Sickbed.survives(other, THREADS, TIMES), () -> "deadlocked in spite of " + immunity.rows());
        assertEquals((long) THREADS * TIMES, other.count());
        assertTrue(immunity.rows().get(0).passes() >= (long) THREADS * TIMES, immunity.rows().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Elsewhere", "Abroad"})
    void norDoesOneThatIsLoadedLater(String way) throws Exception {
        suffer();
        Ailing other = by(way);
        assertTrue(Sickbed.survives(other, THREADS, TIMES), () -> "deadlocked in spite of " + immunity.rows());
        assertEquals((long) THREADS * TIMES, other.count());
        assertTrue(immunity.rows().get(0).passes() >= (long) THREADS * TIMES, immunity.rows().toString());
    }

    /** What is inside while the method of each receiver runs; the same call for all of them. */
    @ParameterizedTest
    @CsvSource({"Account, true, 1", "Heir, true, 1", "Special, true, 0 1", "Stranger, true, 0", "Heir, false, 1",
            "Special, false, 0 1", "Stranger, false, 0"})
    void onlyReceiversWithThisMethodAreGated(String receiver, boolean before, String inside) throws Exception {
        if (before) {
            type(receiver);
            type("Abroad");
        }
        suffer();
        int atRest = immunity.inside();
        Object from = type(receiver).getDeclaredConstructor().newInstance();
        Object to = type("Account").getDeclaredConstructor().newInstance();
        Method give = type("Abroad").getMethod("give", type("Giver"), type("Account"), Runnable.class);
        List<String> seen = new ArrayList<>();
        give.invoke(null, from, to, (Runnable) () -> seen.add(String.valueOf(immunity.inside() - atRest)));
        assertEquals(Arrays.asList(inside.split(" ")), seen);
        assertEquals(atRest, immunity.inside());
    }

    @Test
    void statusSaysWhoIsGatedAndWhoIsNot() throws Exception {
        by("Elsewhere");
        type("Special");
        type("Referring");
        suffer();
        Matcher before = SAID.matcher(said());
        assertTrue(before.matches(), said());
        // Two of the class in the cycle, two of the other one, one by the name of the class above; and those of other tests.
        assertTrue(Integer.parseInt(before.group(1)) >= 5, said());
        by("Abroad");
        Matcher after = SAID.matcher(said());
        assertTrue(after.matches(), said());
        assertEquals(Integer.parseInt(before.group(1)) + 1, Integer.parseInt(after.group(1)));
    }

    @Test
    void detachTakesAllOfItOut() throws Exception {
        List<Class<?>> callers = List.of(by("Elsewhere").getClass(), type("Special"), patient.getClass());
        suffer();
        Class<?> late = by("Abroad").getClass();
        for (Class<?> caller : callers) {
            assertTrue(Woven.calls(caller) > 0, caller.getName());
        }
        assertTrue(Woven.calls(late) > 0);
        immunity.uninstall();
        for (Class<?> caller : callers) {
            assertEquals(0, Woven.calls(caller), caller.getName());
        }
        assertEquals(0, Woven.calls(late));
    }
}
