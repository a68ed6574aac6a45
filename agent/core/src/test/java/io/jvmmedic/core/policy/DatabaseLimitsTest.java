package io.jvmmedic.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.detect.FakeRounds;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.util.FakeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseLimitsTest {

    private static final Plan GROW = Cases.plan("grow-pool", Risk.GENTLE, Confidence.CERTAIN);
    private static final Plan RECLAIM = Cases.plan("reclaim-leaked-connection", Risk.FORCEFUL, Confidence.CERTAIN);

    private final FakeClock clock = new FakeClock();
    private final List<String> warnings = new ArrayList<>();
    @TempDir
    private Path folder;
    private int tick;

    private DatabaseLimits open() {
        return DatabaseLimits.open(folder.resolve("app.limits"), Set.of("grow-pool"), clock, warnings::add);
    }

    private List<String> round(DatabaseLimits limits, long errors) {
        return limits.observe(FakeRounds.round(++tick, FakeRounds.pool("pool:orders", 9, 10, 3).with("total", 9)
                .with("fullErrors", errors).with("lastError", "08004/1040")));
    }

    @Test
    void aRefusalIsLearnedToldOnceAndStandsForAWhile() {
        DatabaseLimits limits = open();
        assertEquals(List.of(), round(limits, 0));
        assertEquals(Optional.empty(), limits.refusal(GROW));
        assertEquals(List.of("pool:orders: its database has no session to spare (08004/1040), with 9 connections of this"
                + " pool; it is not grown for 10 min"), round(limits, 1));
        assertEquals(List.of(), round(limits, 2), "told already");
        clock.advance(Duration.ofSeconds(40));
        assertEquals("its database had no session to spare 40 s ago (08004/1040), when this pool had 9 connections; it is not"
                + " grown for 10 min after that", limits.refusal(GROW).orElseThrow());
        clock.advance(DatabaseLimits.STANDS_FOR);
        assertEquals(Optional.empty(), limits.refusal(GROW));
    }

    @Test
    void onlyWhatAsksForMoreSessionsIsRefused() {
        DatabaseLimits limits = open();
        round(limits, 1);
        assertTrue(limits.refusal(GROW).isPresent());
        assertFalse(limits.refusal(RECLAIM).isPresent());
    }

    @Test
    void theNextRunKnowsIt() throws Exception {
        round(open(), 1);
        assertTrue(open().refusal(GROW).isPresent());
        Files.writeString(folder.resolve("app.limits"), "nonsense\n\n99999999999999 3 53300 pool:orders\n");
        assertFalse(open().refusal(GROW).isPresent(), "a time from the future, and a line that is none");
        assertEquals(List.of(), warnings);
    }

    @Test
    void anUnusableFileIsAWarningAndMemory() throws Exception {
        Files.createDirectories(folder.resolve("app.limits").resolve("sub"));
        DatabaseLimits limits = open();
        round(limits, 1);
        assertTrue(limits.refusal(GROW).isPresent());
        assertEquals(2, warnings.size(), warnings::toString);
    }

    @Test
    void countersOfAPoolThatIsMadeAnewStartAgain() {
        DatabaseLimits limits = DatabaseLimits.inMemory(Set.of("grow-pool"), clock);
        round(limits, 5);
        limits.observe(FakeRounds.round(++tick));
        clock.advance(DatabaseLimits.STANDS_FOR);
        assertEquals(1, round(limits, 1).size());
    }
}
