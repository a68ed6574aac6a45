package io.jvmmedic.core.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.audit.Chronicle;
import io.jvmmedic.core.model.Claim;
import io.jvmmedic.core.model.Confidence;
import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.model.Evidence;
import io.jvmmedic.core.model.Fault;
import io.jvmmedic.core.model.Finding;
import io.jvmmedic.core.model.Outcome;
import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Risk;
import io.jvmmedic.core.model.Verdict;
import io.jvmmedic.core.policy.ShadowBook;
import io.jvmmedic.core.util.Clock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentBookTest {

    private static final ResourceId POOL = new ResourceId(ResourceId.Kind.POOL, "orders");
    private static final Plan PLAN = new Plan(POOL, "reclaim-leaked-connection", Risk.FORCEFUL, Confidence.CERTAIN,
            "unreachable", new Claim("active falls to at most 9 within 5 s", Duration.ofSeconds(5)), "nothing to give back");

    private final List<String> passedOn = new ArrayList<>();
    private long now = 1_000;
    private int opened;

    private final Chronicle disk = (Chronicle) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {Chronicle.class}, (proxy, method, arguments) -> {
                passedOn.add(method.getName());
                return method.getName().equals("opened") ? "inc-" + ++opened
                        : method.getName().equals("begins") ? "token" : null;
            });
    private final IncidentBook book = new IncidentBook(disk, new Clock() {
        @Override
        public long millis() {
            return now;
        }

        @Override
        public long monotonicMillis() {
            return now;
        }
    }, id -> "/folder/" + id);

    private static Diagnosis diagnosis(Confidence confidence) {
        Finding finding = new Finding("leaked-connection", Fault.CONNECTION_LEAK, POOL, confidence,
                "pool:orders: 1 connection is leaked", "OrderService.save", "4 waiters", "close it in a finally block",
                new Evidence("its handle is unreachable", List.of("fact"), List.of(), List.of(), java.util.Map.of()));
        return new Diagnosis(POOL, finding, List.of(), "a -> b");
    }

    private static HoldersView holders(String resource) {
        return new HoldersView(new PoolView(resource, "HikariCP", 1, 0, 1, 1, 0, 1, 0), List.of(), List.of());
    }

    @Test
    void aTreatedIncidentTellsItsStoryAndEverythingIsPassedOn() throws Refusal {
        String id = book.opened(diagnosis(Confidence.SUSPECTED));
        now = 2_000;
        book.renewed(id, diagnosis(Confidence.CERTAIN));
        assertEquals(new HoldersView.Belief(id, "CERTAIN pool:orders: 1 connection is leaked", "OrderService.save", "4 waiters"),
                book.withBelief(holders("pool:orders")).diagnosis());
        assertEquals(HoldersView.Belief.NONE, book.withBelief(holders("pool:audit")).diagnosis());
        book.decided(id, PLAN, Verdict.allowed());
        Object begun = book.begins(id, PLAN);
        assertEquals("token", begun);
        book.ended(id, begun, PLAN, Outcome.HEALED, "active=10", "active=9", "");
        book.undone(id, POOL, "grow-pool", "maximum 10 -> 12", "GIVEN_BACK", "not needed for 8 s");
        now = 5_000;
        book.closed(id, diagnosis(Confidence.CERTAIN), "the fault is gone", 4_000);
        now = 9_000;

        assertEquals(HoldersView.Belief.NONE, book.withBelief(holders("pool:orders")).diagnosis());
        IncidentView view = book.incidents().get(0);
        assertEquals("closed", view.state());
        assertEquals("CERTAIN", view.confidence());
        assertEquals("HEALED", view.result());
        assertEquals(4_000, view.lastedMillis());
        ExplanationView story = book.explain("inc");
        assertEquals(List.of("found", "renewed", "decided", "began", "ended", "undone", "closed"),
                story.steps().stream().map(ExplanationView.Step::what).toList());
        assertEquals("/folder/inc-1", story.folder());
        assertEquals("a -> b", story.waitForGraph());
        assertEquals(List.of("opened", "renewed", "decided", "begins", "ended", "undone", "closed"), passedOn);
    }

    @Test
    void aShadowedPlanShowsItsVerdictAndItsScore() throws Refusal {
        String id = book.opened(diagnosis(Confidence.SUSPECTED));
        book.decided(id, PLAN, new Verdict(Verdict.Decision.SHADOWED, "confidence", "needs proof"));
        book.scored(new ShadowBook.Scored(id, PLAN,
                new ShadowBook.Judgement(ShadowBook.Score.WRONG, "it came back 4 s later")));
        assertEquals("SHADOWED", book.incidents().get(0).result());
        assertEquals("open", book.incidents().get(0).state());
        String text = book.explain(id).steps().toString();
        assertTrue(text.contains("SHADOWED by gate confidence: needs proof"), text);
        assertTrue(text.contains("would have been WRONG: it came back 4 s later"), text);
    }

    @Test
    void bothListsAreBounded() throws Refusal {
        for (int i = 0; i < IncidentBook.MAX_INCIDENTS + 5; i++) {
            book.opened(diagnosis(Confidence.HINT));
        }
        assertEquals(IncidentBook.MAX_INCIDENTS, book.incidents().size());
        assertEquals("inc-205", book.incidents().get(0).id());
        assertThrows(Refusal.class, () -> book.explain("inc-1"), "ambiguous");
        assertThrows(Refusal.class, () -> book.explain("never-was"));
        for (int i = 0; i < 300; i++) {
            book.impossible("inc-205", POOL, "grow-pool", "cap reached " + i);
        }
        List<ExplanationView.Step> steps = book.explain("inc-205").steps();
        assertEquals(IncidentBook.MAX_STEPS, steps.size());
        assertEquals("found", steps.get(0).what());
        assertTrue(steps.get(IncidentBook.MAX_STEPS - 1).text().endsWith("cap reached 299"));
    }
}
