package io.jvmmedic.core.inquiry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On a real database. */
class LockWaitsTest {

    private static final String URL = "jdbc:h2:mem:lock-waits;LOCK_TIMEOUT=120000";

    @Test
    void theSessionThatWaitsAndTheOneItWaitsForAreFound() throws Exception {
        try (Connection asking = DriverManager.getConnection(URL);
                Connection blocker = DriverManager.getConnection(URL);
                Connection waiting = DriverManager.getConnection(URL)) {
            run(asking, "create table stock(id int primary key, n int)");
            run(asking, "insert into stock values (1, 10)");
            assertEquals(List.of(), LockWaits.ask(asking, Set.of()));
            blocker.setAutoCommit(false);
            run(blocker, "update stock set n = 9 where id = 1");
            Thread victim = new Thread(() -> {
                try {
                    run(waiting, "update stock set n = 8 where id = 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            victim.start();

            List<LockWaits.Wait> waits = await().until(() -> LockWaits.ask(asking, Set.of()), found -> !found.isEmpty());
            assertEquals(1, waits.size());
            assertEquals(session(blocker), waits.get(0).blocker());
            assertFalse(waits.get(0).blockerWaits());

            blocker.rollback();
            victim.join();
            assertEquals(session(waiting), waits.get(0).session());
            assertEquals(List.of(), LockWaits.ask(asking, Set.of()));
        }
    }

    private static final String WAITERS = "select w.pid, (extract";

    private static List<Object> wait(long session, long blocker, boolean blockerWaits) {
        return List.of(session, 5_000L, blocker, "app " + blocker, "active", 9_000L, blockerWaits);
    }

    private static List<String> heads(Sessions server, Long... sessions) throws SQLException {
        return LockWaits.ask(server.session(1, null), Set.of(sessions)).stream().filter(wait -> !wait.blockerWaits())
                .map(wait -> wait.session() + ">" + wait.blocker()).toList();
    }

    private static Sessions server(List<List<Object>> waits) {
        Sessions server = new Sessions();
        server.answers.put(WAITERS, waits);
        return server;
    }

    private static void waitsFor(Sessions server, long session, List<List<Object>> waits) {
        server.answers.put("with w(pid) as (values (" + session + "))", waits);
    }

    /** Who waits for a row waits for the one before it; only the first waits for who has locked it. */
    @Test
    void theFirstInTheQueueMayBelongToAnotherPool() throws Exception {
        Sessions server = server(List.of(wait(11, 77, false), wait(12, 11, true), wait(13, 11, true), wait(13, 12, true)));
        assertEquals(List.of("11>77"), heads(server));
        assertEquals(List.of("12>77", "13>77"), heads(server, 12L, 13L));
        assertEquals(2, server.asked.size(), "what was read is not asked again");
    }

    /** A migration that waits for a report, with everybody behind it: neither is of our user. */
    @Test
    void aQueueThatLeadsThroughSessionsOfOthersIsFollowedToItsHead() throws Exception {
        Sessions server = server(List.of(wait(11, 70, true), wait(12, 70, true), wait(12, 11, true)));
        waitsFor(server, 70, List.of(wait(70, 71, true)));
        waitsFor(server, 71, List.of(wait(71, 72, true), wait(71, 70, true)));
        waitsFor(server, 72, List.of());
        assertEquals(List.of("11>72", "12>72"), heads(server), "what others do is hidden, until they wait for nobody");
        assertEquals(4, server.asked.size(), "each is asked about once");
    }

    @Test
    void aQueueThatMovesIsLookedAtAgainAndNoRingIsMadeOfTwoMoments() throws Exception {
        Sessions server = server(List.of(wait(11, 12, true), wait(12, 11, true)));
        server.then.add(List.of(wait(11, 12, true), wait(12, 77, false)));
        assertEquals(List.of("12>77"), heads(server));

        Sessions moving = server(List.of(wait(11, 12, true), wait(12, 11, true)));
        moving.then.add(List.of(wait(12, 13, true), wait(13, 12, true)));
        moving.then.add(List.of(wait(13, 11, true), wait(11, 13, true), wait(12, 13, true)));
        assertEquals(List.of(12L), LockWaits.ask(moving.session(1, null), Set.of()).stream().map(LockWaits.Wait::session).toList());
    }

    @Test
    void whatWaitsInARingIsTold() throws Exception {
        Sessions server = server(List.of(wait(11, 12, true), wait(12, 11, true)));
        assertEquals(2, LockWaits.ask(server.session(1, null), Set.of()).size());
    }

    private static long session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); var rows = statement.executeQuery("select session_id()")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
