package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.detect.ExhaustionCause;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The right answer to most exhaustions is that nobody is killed: the holders work. Whatever the verdict, and however sure
 * somebody made it, no remedy of the ladder takes anything from a holder.
 */
class NobodyIsKilledTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final FakePool pool = new FakePool(registry, "orders", 3);
    private final List<Object> handles = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(ExhaustionCause.class)
    void onNoVerdict(ExhaustionCause cause) throws Throwable {
        for (int i = 0; i < 3; i++) {
            Object handle = new Object();
            handles.add(handle);
            pool.borrow(handle);
        }
        pool.await(handles::add);
        List<Object> out = pool.entriesInUse();
        MedicConfig config = MedicConfig.of(Map.of());
        Map<String, Remedy> remedies = Map.of(SoftEvictPool.NAME, new SoftEvictPool(registry, Clock.SYSTEM),
                GrowPool.NAME, new GrowPool(registry, config));
        Diagnosis diagnosis = Given.diagnosis(Fault.POOL_EXHAUSTION, pool.id(), Confidence.CERTAIN, List.of(1L, 2L, 3L),
                List.of(), Map.of("cause." + cause.name().toLowerCase(Locale.ROOT).replace('_', '-'), 3L));
        assertEquals(cause, ExhaustionCause.of(diagnosis.primary().evidence()));
        List<String> acted = new ArrayList<>();
        for (String name : Ladders.STANDARD.get(Fault.POOL_EXHAUSTION)) {
            Remedy remedy = remedies.get(name);
            assertNotEquals(null, remedy, () -> name + " is new on the ladder and has to be judged here");
            assertTrue(remedy.risk() == Risk.GENTLE || remedy.risk() == Risk.NONE, name);
            if (remedy.prepare(diagnosis) instanceof Preparation.Ready ready) {
                ready.action().apply();
                acted.add(name);
            }
        }
        assertEquals(cause == ExhaustionCause.TOO_SMALL ? List.of(GrowPool.NAME) : List.of(), acted);
        assertEquals(List.of(), pool.closed);
        assertTrue(pool.entriesInUse().containsAll(out));
    }
}
