package io.jvmmedic.it.patients;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A pool of some library, built and read through that library's own public interface. The implementations live below
 * {@code pools}, one for each library, and are found by {@link PoolLibrary}.
 */
public interface PoolUnderTest extends AutoCloseable {

    /** How big, and how patient with its borrowers. */
    record Settings(String url, String name, int size, long patienceMillis) {
    }

    /** What a library has to offer here. */
    @FunctionalInterface
    interface Maker {
        PoolUnderTest make(Settings settings) throws Exception;
    }

    DataSource dataSource();

    /** Slots that are out, by the pool's own count. */
    int active();

    /** Slots that exist, by the pool's own count. */
    int total();

    int maximum();

    @Override
    void close() throws SQLException;
}
