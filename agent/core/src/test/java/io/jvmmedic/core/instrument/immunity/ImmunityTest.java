package io.jvmmedic.core.instrument.immunity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.locks.Ailing;
import io.jvmmedic.core.resource.GateView;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real deadlock leaves a signature; with it, classes that are loaded afresh, as after a restart, do not deadlock again. */
class ImmunityTest {

    private static final int THREADS = 6;
    private static final int TIMES = 20_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(classes = {Ailing.Blocks.class, Ailing.Methods.class, Ailing.Symmetric.class, Ailing.Locks.class,
            Ailing.WriteLocks.class, Ailing.Mixed.class, Ailing.Buffers.class})
    void theSameDeadlockDoesNotComeAgain(Class<? extends Ailing> type) throws Exception {
        try (Sickbed bed = new Sickbed()) {
            Path file = folder.resolve("app.signatures");
            Immunity first = bed.immunity(false);
            first.open(file, true);
            first.record(Sickbed.deadlock(Sickbed.patient(type)));
            assertEquals("RECORDED", first.rows().get(0).state());

            Immunity second = bed.immunity(true);
            second.open(file, true);
            assertEquals(first.rows().get(0).id(), second.rows().get(0).id());
            Ailing patient = Sickbed.patient(type);
            long before = patient.count();
            assertTrue(Sickbed.survives(patient, THREADS, TIMES), "deadlocked in spite of " + second.rows());
            assertEquals(before + (long) THREADS * TIMES, patient.count());
            GateView.Row row = second.rows().get(0);
            assertEquals("GATED", row.state(), row.reason());
            assertEquals(0, row.bypasses());
            assertTrue(row.passes() >= (long) THREADS * TIMES, row.toString());
            assertEquals(List.of(), bed.warnings);
        }
    }
}
