package io.jvmmedic.core.policy;

import static io.jvmmedic.core.model.Confidence.SUSPECTED;
import static io.jvmmedic.core.policy.Cases.POOL;
import static io.jvmmedic.core.policy.Cases.plan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.policy.ShadowBook.Judgement;
import io.jvmmedic.core.policy.ShadowBook.Rule;
import io.jvmmedic.core.policy.ShadowBook.Score;
import io.jvmmedic.core.policy.ShadowBook.Scored;
import io.jvmmedic.core.policy.ShadowBook.Tally;
import io.jvmmedic.core.util.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShadowBookTest {

    private static final Plan RECLAIM = plan("reclaim", Risk.FORCEFUL, SUSPECTED);
    private static final Rule RULE = new Rule("reclaim", POOL);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ShadowBook.Witness SILENT = waited -> Optional.empty();

    private final FakeClock clock = new FakeClock();
    private final ShadowBook book = new ShadowBook(clock, PATIENCE);

    @Test
    void aLeaseThatComesBackMakesTheShadowWrong() {
        AtomicBoolean back = new AtomicBoolean();
        Judgement wrong = new Judgement(Score.WRONG, "it came back 4 s later");
        book.open("1", RECLAIM, waited -> back.get() ? Optional.of(wrong) : Optional.empty());
        assertEquals(List.of(), book.review());
        back.set(true);
        assertEquals(List.of(new Scored("1", RECLAIM, wrong)), book.review());
        assertEquals(List.of(), book.review());
        assertEquals(Map.of(RULE, new Tally(0, 1, 0)), book.tallies());
    }

    @Test
    void aFaultThatStaysMakesTheShadowRight() {
        Judgement right = new Judgement(Score.RIGHT, "still out after 30 s");
        book.open("1", RECLAIM, waited -> waited.toSeconds() >= 30 ? Optional.of(right) : Optional.empty());
        clock.advance(Duration.ofSeconds(29));
        assertEquals(List.of(), book.review());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(List.of(new Scored("1", RECLAIM, right)), book.review());
        assertEquals(Map.of(RULE, new Tally(1, 0, 0)), book.tallies());
    }

    @Test
    void whatNobodyCanTellIsUnknown() {
        book.open("1", RECLAIM, SILENT);
        book.open("2", RECLAIM, waited -> {
            throw new IllegalStateException("pool is gone");
        });
        assertEquals(List.of(new Scored("2", RECLAIM, new Judgement(Score.UNKNOWN,
                "the witness failed: java.lang.IllegalStateException: pool is gone"))), book.review());
        clock.advance(PATIENCE);
        assertEquals(List.of(new Scored("1", RECLAIM, new Judgement(Score.UNKNOWN, "undecided after 60 s"))), book.review());
        assertEquals(Map.of(RULE, new Tally(0, 0, 2)), book.tallies());
    }

    @Test
    void theSamePlanOfTheSameIncidentIsOneShadow() {
        assertTrue(book.open("1", RECLAIM, SILENT));
        assertFalse(book.open("1", RECLAIM, SILENT));
        assertTrue(book.open("1", plan("grow-pool", Risk.GENTLE, SUSPECTED), SILENT));
        assertTrue(book.open("2", RECLAIM, SILENT));
        clock.advance(PATIENCE);
        assertEquals(3, book.review().size());
        assertTrue(book.open("1", RECLAIM, SILENT), "scored, so it may be opened anew");
    }

    @Test
    void openShadowsAreBounded() {
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < ShadowBook.MAX_OPEN + 5; i++) {
            book.open("incident " + i, RECLAIM, waited -> {
                asked.incrementAndGet();
                return Optional.empty();
            });
        }
        List<Scored> scored = book.review();
        assertEquals(List.of("incident 0", "incident 1", "incident 2", "incident 3", "incident 4"),
                scored.stream().map(Scored::incidentId).toList());
        assertEquals(ShadowBook.MAX_OPEN, asked.get());
        assertEquals(Map.of(RULE, new Tally(0, 0, 5)), book.tallies());
    }

    @Test
    void talliesAreBounded() {
        for (int i = 0; i < ShadowBook.MAX_TALLIES + 5; i++) {
            book.open("1", plan("remedy-" + i, Risk.GENTLE, SUSPECTED),
                    waited -> Optional.of(new Judgement(Score.RIGHT, "it stayed")));
            book.review();
        }
        assertEquals(ShadowBook.MAX_TALLIES, book.tallies().size());
        assertFalse(book.tallies().containsKey(new Rule("remedy-0", POOL)));
    }
}
