package io.jvmmedic.it.patients;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Services that after {@code break} take a second connection while they hold the first, in all their clients at once: each
 * waits for what the others hold, until the pool's own time-out of half a minute, and then again. {@code mend} ends it.
 * Arguments: the folder of the libraries, their names joined by {@code +}, and the URL of a server if it is not to be H2.
 */
public final class NestedBorrowPatient extends PoolsPatient {

    private static final int POOL_SIZE = 4;
    private static final long PATIENCE_MILLIS = 30_000;

    private final String server;
    private volatile boolean nested;

    private NestedBorrowPatient(String home, String libraries, String server) throws ReflectiveOperationException {
        super(home, libraries);
        this.server = server;
        on("break", ignored -> {
            nested = true;
            return "";
        });
        on("mend", ignored -> {
            nested = false;
            return "";
        });
    }

    public static void main(String[] arguments) throws Exception {
        new NestedBorrowPatient(arguments[0], arguments[1], arguments.length > 2 ? arguments[2] : null).serve();
    }

    @Override
    Service open(PoolLibrary library) throws Exception {
        PoolUnderTest pool = library.pool(server == null ? library.h2() : server, library.name(), POOL_SIZE, PATIENCE_MILLIS);
        Rendezvous allHoldOne = new Rendezvous(POOL_SIZE);
        return new Service(library.name(), pool, new Load("client-" + library.name(), POOL_SIZE, 20,
                () -> order(pool.dataSource(), allHoldOne)));
    }

    private void order(DataSource pool, Rendezvous allHoldOne) throws SQLException, InterruptedException {
        try (Connection connection = pool.getConnection()) {
            if (nested) {
                allHoldOne.meet();
                audit(pool);
            }
            run(connection, "select 1");
        }
    }

    /** The bug: an own transaction for the audit row, as {@code REQUIRES_NEW} makes one. */
    private static void audit(DataSource pool) throws SQLException {
        run(pool, "select 2");
    }
}
