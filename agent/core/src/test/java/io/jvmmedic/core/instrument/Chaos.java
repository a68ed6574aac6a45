package io.jvmmedic.core.instrument;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.resource.PoolHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** What the agent never does: takes connections from borrowers who are at work, again and again. */
public final class Chaos {

    private static final int BORROWERS = 5;
    private static final int STATEMENTS = 50;
    /** Every so often somebody works for longer: on one core the short ones are over before they can be reclaimed. */
    private static final int LONG_TURN = 4;
    private static final int LONG = 20;
    private static final int ENOUGH = 20;

    private Chaos() {
    }

    /** Reclaims whatever is in use while borrowers work, until so many connections were taken from them, or time is up. */
    public static void reclaims(DataSource pool, PoolHandle handle, int wanted) throws Throwable {
        ExecutorService threads = Executors.newFixedThreadPool(BORROWERS);
        try {
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<?>> borrowers = new ArrayList<>();
            for (int i = 0; i < BORROWERS; i++) {
                borrowers.add(threads.submit(() -> work(pool, stop)));
            }
            int taken = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            // A slow machine takes fewer, but some.
            while (taken < wanted && (taken < ENOUGH || System.nanoTime() < end)) {
                assertTrue(System.nanoTime() < end + TimeUnit.SECONDS.toNanos(120), taken + " were taken");
                for (Object entry : handle.entriesInUse()) {
                    try {
                        PoolContract.pull(handle.closeEntry(), entry);
                        taken++;
                    } catch (IllegalStateException givenBack) {
                        // As it should be.
                    }
                }
            }
            stop.set(true);
            for (Future<?> borrower : borrowers) {
                borrower.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void work(DataSource pool, AtomicBoolean stop) {
        for (int turn = 0; !stop.get(); turn++) {
            int statements = turn % LONG_TURN == 0 ? LONG * STATEMENTS : STATEMENTS;
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
                for (int i = 0; i < statements; i++) {
                    statement.execute("select 1");
                }
            } catch (SQLException | NullPointerException victim) {
                // Its connection was taken; some wrappers answer null then.
            }
        }
    }
}
