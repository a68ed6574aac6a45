package io.jvmmedic.it.patients.pools;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import io.jvmmedic.it.patients.PoolUnderTest;
import java.sql.SQLException;
import javax.sql.DataSource;

/** c3p0. */
public final class C3p0Maker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) {
        // The name tells c3p0 where to look in its configuration file too; there is none.
        ComboPooledDataSource source = new ComboPooledDataSource(settings.name());
        source.setDataSourceName(settings.name());
        source.setJdbcUrl(settings.url());
        source.setInitialPoolSize(settings.size());
        source.setMinPoolSize(settings.size());
        source.setMaxPoolSize(settings.size());
        source.setCheckoutTimeout((int) settings.patienceMillis());
        return new Pool(source);
    }

    private record Pool(ComboPooledDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return count(source::getNumBusyConnectionsDefaultUser);
        }

        @Override
        public int total() {
            return count(source::getNumConnectionsDefaultUser);
        }

        @Override
        public int maximum() {
            return source.getMaxPoolSize();
        }

        @Override
        public void close() {
            source.close();
        }

        private interface Counter {
            int read() throws SQLException;
        }

        private static int count(Counter counter) {
            try {
                return counter.read();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
