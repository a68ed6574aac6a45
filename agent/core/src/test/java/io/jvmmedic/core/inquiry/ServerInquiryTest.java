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
import io.jvmmedic.core.resource.ThreadView;
import io.jvmmedic.core.util.CoarseClock;
import io.jvmmedic.core.util.FakeClock;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServerInquiryTest {

    private static final ThreadView IN_A_STATEMENT = inside("execute", id -> true);

    /** Threads that wait for the answer to a call through their pool; the others wait for something else. */
    private static ThreadView inside(String call, LongPredicate waits) {
        StackTraceElement park = new StackTraceElement("sun.nio.ch.Net", "poll", "Net.java", 1);
        Thread thread = thread(park, new StackTraceElement("org.postgresql.core.v3.QueryExecutorImpl", "processResults", "Q.java", 2),
                new StackTraceElement("com.acme.pool.Pooled", call, "Pooled.java", 3));
        Thread other = thread(park);
        return new ThreadView() {
            @Override
            public Thread byId(long id) {
                return waits.test(id) ? thread : other;
            }

            @Override
            public int count() {
                return 1;
            }
        };
    }

    private static Thread thread(StackTraceElement... stack) {
        return new Thread() {
            @Override
            public StackTraceElement[] getStackTrace() {
                return stack;
            }
        };
    }

    private final ResourceRegistry registry = new ResourceRegistry();
    private final AskedPool pool = new AskedPool(registry);
    private final FakeClock clock = new FakeClock();
    private final List<Signal> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger connects = new AtomicInteger();
    private final Object handle = new Object();
    private int tick;

    private ServerInquiry inquiry(Map<String, String> settings) {
        Sessions server = new Sessions();
        server.product = "H2";
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            use.accept(server.session(1, null));
        });
        return new ServerInquiry(MedicConfig.of(settings), registry, IN_A_STATEMENT, thread -> -1, heard::add, clock);
    }

    private static Signal.Builder errors(long lost, long sessions, long readOnly) {
        return FakeRounds.pool("pool:orders", 1, 2, 0).with("lostErrors", lost).with("failedSessions", sessions)
                .with("readOnlyErrors", readOnly);
    }

    private void round(ServerInquiry inquiry, boolean allowed, Signal.Builder... rows) {
        clock.advance(Duration.ofSeconds(1));
        Round round = FakeRounds.round(++tick, rows);
        inquiry.observe(round, allowed);
        await().until(() -> !inquiry.isAsking());
    }

    private void answered(int times) {
        await().until(() -> heard.stream()
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
        assertEquals(List.of(8, 18, 28, 38, 48), at, "after 6 s, then every 10 s");
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
        assertTrue(tick >= 2 + 6 + 12 + 24, () -> "four failures within " + tick + " s");
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

    private List<Signal> failures() {
        return heard.stream().filter(row -> row.text("outcome").equals("FAILED")).toList();
    }

    /** Rounds in which errors go on, without waiting for a talk that hangs. */
    private void rounds(ServerInquiry inquiry, int count) {
        for (int i = 0; i < count; i++) {
            clock.advance(Duration.ofSeconds(1));
            tick++;
            inquiry.observe(FakeRounds.round(tick, errors(3L * tick, 3L * tick, 0)), true);
        }
    }

    @Test
    void aConnectThatHangsIsAnAnswerAndCostsFewThreads() throws Exception {
        ServerInquiry inquiry = inquiry(Map.of());
        CountDownLatch end = new CountDownLatch(1);
        Sessions server = new Sessions();
        server.product = "H2";
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            end.await();
            use.accept(server.session(1, null));
        });
        rounds(inquiry, 2);
        await().until(() -> connects.get() == 1);
        rounds(inquiry, 11);
        assertEquals(1, failures().size());
        assertEquals("no answer within 10 s", failures().get(0).text("error"));
        assertEquals("LOST", failures().get(0).text("reason"));
        rounds(inquiry, 13);
        assertEquals(1, connects.get(), "it is not asked anew at once");
        assertEquals(2, failures().size(), "and said again, for it still holds");
        assertEquals("no answer within 20 s", failures().get(1).text("error"));

        for (int hanging = 2; hanging <= ServerInquiry.MAX_HANGING; hanging++) {
            hang(inquiry, hanging);
        }
        rounds(inquiry, 100_000);
        assertEquals(ServerInquiry.MAX_HANGING, connects.get(), "no more threads than that");
        int told = heard.size();

        end.countDown();
        await().until(() -> {
            roundUnlessAsking(inquiry);
            return heard.stream().anyMatch(row -> row.text("outcome").equals("OK"));
        });
        assertEquals(ServerInquiry.MAX_HANGING + 1, connects.get(), "those that hung are over, and what they learned is old");
        assertTrue(heard.size() >= told);
    }

    @Test
    void whenOneThatHungIsOverTheServerIsAskedAgainAtOnce() {
        ServerInquiry inquiry = inquiry(Map.of());
        Semaphore ends = new Semaphore(0);
        CountDownLatch over = new CountDownLatch(1);
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            ends.acquire();
            over.countDown();
            throw new SQLException("reset", "08001");
        });
        for (int hanging = 1; hanging <= 4; hanging++) {
            hang(inquiry, hanging);
        }
        rounds(inquiry, 100);
        assertEquals(4, connects.get(), "the next pause is long");
        long before = clock.monotonicMillis();
        ends.release();
        await().until(() -> over.getCount() == 0);
        await().until(() -> {
            roundUnlessAsking(inquiry);
            return connects.get() == 5;
        });
        assertTrue(clock.monotonicMillis() - before < 200_000, "earlier than after that pause");
        ends.release(10);
    }

    @Test
    void whenAnotherPoolIsReachedAgainThoseThatHangAreAskedAtOnce() {
        ServerInquiry inquiry = inquiry(Map.of());
        Semaphore ends = new Semaphore(0);
        Sessions server = new Sessions();
        server.product = "H2";
        AskedPool other = new AskedPool(registry);
        AtomicInteger attempts = new AtomicInteger();
        other.connect = Lever.of("connect", use -> {
            if (attempts.getAndIncrement() == 0) {
                throw new SQLException("down", "08001");
            }
            use.accept(server.session(2, null));
        });
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            ends.acquire();
        });
        for (int hanging = 1; hanging <= 4; hanging++) {
            hang(inquiry, hanging);
        }
        long before = clock.monotonicMillis();
        await().until(() -> {
            if (!inquiry.isAsking()) {
                clock.advance(Duration.ofSeconds(1));
                tick++;
                inquiry.observe(FakeRounds.round(tick, errors(3L * tick, 3L * tick, 0),
                        FakeRounds.pool(other.id().toString(), 1, 2, 0).with("lostErrors", 3L * tick)
                                .with("failedSessions", 3L * tick)), true);
            }
            return connects.get() == 5;
        });
        assertTrue(clock.monotonicMillis() - before < 200_000, "earlier than after its pause");
        ends.release(10);
    }

    /** Time stands still while the server is asked: a thread that is late on a busy machine would be one that hangs. */
    private void roundUnlessAsking(ServerInquiry inquiry) {
        if (!inquiry.isAsking()) {
            rounds(inquiry, 1);
        }
    }

    /** Has the server asked, by a connect that hangs. */
    private void hang(ServerInquiry inquiry, int number) {
        while (!inquiry.isAsking()) {
            rounds(inquiry, 1);
        }
        await().until(() -> connects.get() == number);
        rounds(inquiry, 11);
    }

    /** The server has sent it all, and the last of it trickles in: its reader runs now and then. */
    @Test
    void whoReadsWhatItsServerHasLongSinceSentIsNotWaitingInVain() throws Exception {
        CoarseClock.set(1_000);
        try (ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                Socket session = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            AtomicLong cpu = new AtomicLong();
            Sessions server = new Sessions();
            pool.connect = Lever.of("connect", use -> {
                connects.incrementAndGet();
                try (Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
                    server.answers.put("select pg_backend_pid()",
                            List.of(List.of(1, "127.0.0.1", listener.getLocalPort(), socket.getLocalPort())));
                    server.answers.put("select pid", List.of(List.of(7, "idle", 60_000L, session.getLocalPort())));
                    use.accept(server.session(1, socket));
                }
            });
            ServerInquiry inquiry = new ServerInquiry(MedicConfig.of(Map.of()), registry, IN_A_STATEMENT, thread -> cpu.get(),
                    heard::add, clock);
            pool.out(server.session(7, session), handle);
            int rounds = 0;
            for (; rounds < 60; rounds++) {
                CoarseClock.set(1_000 + (20_000 + 1_000 * rounds) / CoarseClock.TICK_MILLIS);
                if (rounds % 2 == 0) {
                    cpu.incrementAndGet();
                }
                round(inquiry, true, errors(0, 0, 0), FakeRounds.held("pool:orders", 1).with("idleFor", 20_000));
            }
            assertTrue(connects.get() >= 6, () -> "asked " + connects.get() + " times");
            assertEquals(Set.of("UNKNOWN"), verdicts());
            for (; rounds < 120; rounds++) {
                CoarseClock.set(1_000 + (20_000 + 1_000 * rounds) / CoarseClock.TICK_MILLIS);
                round(inquiry, true, errors(0, 0, 0), FakeRounds.held("pool:orders", 1).with("idleFor", 20_000));
            }
            assertEquals(Set.of("UNKNOWN", "ANSWERED"), verdicts());
        } finally {
            CoarseClock.set(0);
        }
    }

    /** As Flyway does: one session is idle in a transaction, the same thread waits for a long statement on the other. */
    @Test
    void ofAThreadWithTwoConnectionsOnlyTheOneItUsedLastIsAskedAbout() throws Exception {
        assertEquals(Set.of("ALIVE"), verdictsOnTwo("execute", true, false));
    }

    /** The rows may be those of a cursor that was opened before, the commit that of a transaction begun before. */
    @Test
    void whoFetchesOrCommitsWithTwoConnectionsInHandMayWaitOnEitherOfThem() throws Exception {
        for (String call : List.of("next", "commit", "executeLargeUpdate")) {
            assertEquals(Set.of(), verdictsOnTwo(call, true, false), call);
        }
    }

    @Test
    void whoFetchesMayDoSoFromWhatAnotherThreadHasOpened() throws Exception {
        assertEquals(Set.of(), verdictsOnTwo("next", false, false), "whose thread waits for nothing");
        assertTrue(verdictsOnTwo("execute", false, false).contains("ANSWERED"), "it uses its own");
        assertTrue(verdictsOnTwo("next", false, true).contains("ANSWERED"), "the other one waits on the other");
    }

    /**
     * What is told of two sessions, the first one idle in its transaction and the second one at work.
     *
     * @param call of a thread that waits for an answer
     * @param same one thread has both; else the second one is another thread's
     * @param otherWaits that other thread waits for an answer, too
     */
    private Set<String> verdictsOnTwo(String call, boolean same, boolean otherWaits) throws Exception {
        heard.clear();
        CoarseClock.set(1_000);
        try (ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                Socket lock = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket work = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            Sessions server = new Sessions();
            pool.connect = Lever.of("connect", use -> {
                try (Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
                    server.answers.put("select pg_backend_pid()",
                            List.of(List.of(1, "127.0.0.1", listener.getLocalPort(), socket.getLocalPort())));
                    server.answers.put("select pid", List.of(List.of(7, "idle in transaction", 60_000L, lock.getLocalPort()),
                            List.of(8, "active", 60_000L, work.getLocalPort())));
                    use.accept(server.session(1, socket));
                }
            });
            Object other = new Object();
            Object first = pool.out(server.session(7, lock), handle);
            CoarseClock.set(1_010);
            AtomicReference<Object> second = new AtomicReference<>();
            Thread opener = new Thread(() -> second.set(pool.out(server.session(8, work), other)), "opener");
            if (same) {
                second.set(pool.out(server.session(8, work), other));
            } else {
                opener.start();
                opener.join();
            }
            ThreadView view = inside(call, id -> id != opener.getId() || otherWaits);
            ServerInquiry inquiry = new ServerInquiry(MedicConfig.of(Map.of()), registry, view, thread -> 5, heard::add, clock);
            for (int i = 0; i < 30; i++) {
                CoarseClock.set(1_010 + (20_000 + 1_000 * i) / CoarseClock.TICK_MILLIS);
                round(inquiry, true, errors(0, 0, 0), FakeRounds.held("pool:orders", 1).with("idleFor", 20_000));
            }
            registry.leases().returned(first);
            registry.leases().returned(second.get());
            return verdicts();
        } finally {
            CoarseClock.set(0);
        }
    }

    private Set<String> verdicts() {
        return heard.stream().filter(row -> row.type().equals(Signal.SESSION_CHECK)).map(row -> row.text("verdict"))
                .collect(Collectors.toSet());
    }

    /** What a site took in a jam, or takes in a report, excuses nobody whose neighbour is dead. */
    @Test
    void onceASessionIsSaidToBeDeadTheOthersOfItsPoolAreAskedAboutWhateverTheirHabit() throws Exception {
        CoarseClock.set(1_000);
        try (ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                Socket session = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            ServerInquiry inquiry = inquiry(Map.of());
            Sessions server = new Sessions();
            pool.connect = Lever.of("connect", use -> {
                connects.incrementAndGet();
                try (Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
                    server.answers.put("select pg_backend_pid()",
                            List.of(List.of(1, "127.0.0.1", listener.getLocalPort(), socket.getLocalPort())));
                    server.answers.put("select pid", List.of());
                    use.accept(server.session(1, socket));
                }
            });
            pool.out(server.session(7, session), handle);
            CoarseClock.set(1_000 + 20_000 / CoarseClock.TICK_MILLIS);
            Signal.Builder report = FakeRounds.held("pool:orders", 2).with("idleFor", 12_000).with("typicalHold", 20_000)
                    .with("calmHold", 20_000);
            for (int i = 0; i < 10; i++) {
                round(inquiry, true, errors(0, 0, 0), report);
            }
            assertEquals(0, connects.get(), "reports of this site take long");
            round(inquiry, true, errors(0, 0, 0), report, FakeRounds.held("pool:orders", 1).with("idleFor", 20_000));
            assertEquals(List.of("GONE"), heard.stream().filter(row -> row.type().equals(Signal.SESSION_CHECK))
                    .map(row -> row.text("verdict")).toList());
            round(inquiry, true, errors(0, 0, 0), report);
            assertEquals(2, connects.get(), "at once");
            for (int i = 0; i < 80; i++) {
                round(inquiry, true, errors(0, 0, 0), report);
            }
            assertTrue(connects.get() > 2, "as long as they say so");
        } finally {
            CoarseClock.set(0);
        }
    }

    @Test
    void poolsTogetherLeaveFewThreadsBehindToo() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        List<AskedPool> pools = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            AskedPool one = new AskedPool(registry);
            one.connect = Lever.of("connect", use -> {
                connects.incrementAndGet();
                end.await();
            });
            pools.add(one);
        }
        ServerInquiry inquiry = new ServerInquiry(MedicConfig.of(Map.of()), registry, null, thread -> -1, heard::add, clock);
        for (int i = 0; i < 1_000; i++) {
            clock.advance(Duration.ofSeconds(1));
            tick++;
            inquiry.observe(FakeRounds.round(tick, pools.stream().map(one -> FakeRounds.pool(one.id().toString(), 1, 2, 0)
                    .with("lostErrors", 3L * tick).with("failedSessions", 3L * tick)).toArray(Signal.Builder[]::new)), true);
        }
        await().until(() -> connects.get() == ServerInquiry.MAX_HANGING_OVERALL);
        pool.connect = pools.get(0).connect;
        inquiry.observe(FakeRounds.round(++tick), true);
        clock.advance(Duration.ofSeconds(1_000));
        rounds(inquiry, 3);
        assertEquals(ServerInquiry.MAX_HANGING_OVERALL, connects.get(), "those of pools that are gone count");
        end.countDown();
    }

    @Test
    void errorsThatGoOnAreAskedAboutLongAfterTheirSessionsWereCounted() {
        ServerInquiry inquiry = inquiry(Map.of());
        pool.connect = Lever.of("connect", use -> {
            connects.incrementAndGet();
            throw new SQLException("down", "08001");
        });
        round(inquiry, true, errors(0, 0, 0));
        for (int i = 0; i < 120; i++) {
            round(inquiry, true, errors(3L * tick, 6, 0));
        }
        assertTrue(connects.get() >= 4, () -> "asked " + connects.get() + " times in two minutes");
    }
}
