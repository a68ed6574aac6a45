package io.jvmmedic.core.inquiry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.detect.FakeRounds;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.resource.Lever;
import io.jvmmedic.core.resource.ResourceRegistry;
import io.jvmmedic.core.util.FakeClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServerInquiryTest {

    private final ResourceRegistry registry = new ResourceRegistry();
    private final AskedPool pool = new AskedPool(registry);
    private final FakeClock clock = new FakeClock();
    private final List<Signal> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();
    private int tick;

    private ServerInquiry inquiry(Map<String, String> settings) {
        Sessions server = new Sessions();
        server.product = "H2";
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            use.accept(server.session(1, null));
        });
        return new ServerInquiry(MedicConfig.of(settings), registry, null, thread -> -1, heard::add, clock);
    }

    private static Signal.Builder errors(long lost, long sessions, long readOnly) {
        return FakeRounds.pool("pool:orders", 1, 2, 0).with("lostErrors", lost).with("failedSessions", sessions)
                .with("readOnlyErrors", readOnly);
    }

    private void round(ServerInquiry inquiry, boolean allowed, Signal.Builder... rows) {
        clock.advance(Duration.ofSeconds(1));
        Round round = FakeRounds.round(++tick, rows);
        inquiry.observe(round, allowed);
        await().atMost(Duration.ofSeconds(20)).until(() -> !inquiry.isAsking());
    }

    private void answered(int times) {
        await().atMost(Duration.ofSeconds(20)).until(() -> heard.stream()
                .filter(row -> row.type().equals(Signal.FRESH_CONNECTION)).count() == times);
    }

    @Test
    void calmPoolsAreNeverAskedAbout() {
        ServerInquiry inquiry = inquiry(Map.of());
        for (int i = 0; i < 30; i++) {
            round(inquiry, true, errors(5, 5, 40), FakeRounds.held("pool:orders", 1).with("idleFor", 3_000));
        }
        assertEquals(0, connects.get(), "old errors, and a statement of three seconds");
    }

    @Test
    void aBurstIsAskedAboutLessAndLessWhileNothingIsFoundAndAtOnceForAnotherReason() {
        ServerInquiry inquiry = inquiry(Map.of());
        round(inquiry, true, errors(0, 0, 0));
        round(inquiry, true, errors(3, 3, 0));
        answered(1);
        assertEquals("LOST", heard.get(0).text("reason"));
        assertEquals("OK", heard.get(0).text("outcome"));
        List<Integer> at = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int before = connects.get();
            round(inquiry, true, errors(3L * tick, 3L * tick, 0));
            if (connects.get() > before) {
                at.add(tick);
            }
        }
        assertEquals(4, at.size(), () -> "after 6 s, then every 10 s, but: " + at);
        round(inquiry, true, errors(3L * tick, 3L * tick, 0));
        int before = connects.get();
        for (int i = 0; i < 5; i++) {
            round(inquiry, true, errors(3L * tick, 3L * tick, 30));
        }
        assertEquals(before + 1, connects.get(), "read-only is another question");
    }

    @Test
    void aServerThatRefusesIsAskedLessAndLess() {
        ServerInquiry inquiry = inquiry(Map.of());
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            throw new SQLException("full", "53300");
        });
        round(inquiry, true, errors(0, 0, 0));
        while (connects.get() < 4) {
            round(inquiry, true, errors(3L * tick, 3L * tick, 0));
        }
        assertTrue(tick > 3 + 6 + 12 + 24, () -> "four failures within " + tick + " s");
        int before = connects.get();
        for (int i = 0; i < 20; i++) {
            round(inquiry, true, errors(3L * tick, 3L * tick, 0));
        }
        assertEquals(before, connects.get(), "after four failures it rests for 48 s");
    }

    @Test
    void nothingIsOpenedUnlessAllowedWantedAndPossible() {
        ServerInquiry inquiry = inquiry(Map.of());
        ServerInquiry off = inquiry(Map.of("server.ask", "false"));
        ServerInquiry excluded = inquiry(Map.of("exclude", "pool:orders"));
        for (ServerInquiry one : List.of(inquiry, off, excluded)) {
            round(one, one != inquiry, errors(0, 0, 0));
            round(one, one != inquiry, errors(9, 9, 9));
        }
        pool.connect = Lever.absent("no way in");
        ServerInquiry without = new ServerInquiry(MedicConfig.of(Map.of()), registry, null, thread -> -1, heard::add, clock);
        round(without, true, errors(0, 0, 0));
        round(without, true, errors(9, 9, 9));
        assertEquals(0, connects.get());
        assertEquals(List.of(), heard);
    }

    @Test
    void eachReasonIsNamed() {
        ServerInquiry inquiry = inquiry(Map.of());
        round(inquiry, true, errors(0, 0, 0));
        round(inquiry, true, errors(3, 3, 3));
        answered(1);
        assertEquals("READ_ONLY", heard.get(0).text("reason"));

        heard.clear();
        ServerInquiry other = inquiry(Map.of());
        for (int i = 0; i < 6; i++) {
            round(other, true, errors(0, 0, 0).with("creatorWanted", true));
        }
        answered(1);
        assertEquals("CREATOR", heard.get(0).text("reason"));

        heard.clear();
        ServerInquiry third = inquiry(Map.of());
        round(third, true, errors(0, 0, 0), FakeRounds.held("pool:orders", 1).with("idleFor", 6_000));
        answered(1);
        assertEquals("SILENT", heard.get(0).text("reason"));
    }
}
