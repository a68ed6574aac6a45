package io.jvmmedic.it.patients.pools;

import io.jvmmedic.it.patients.PoolUnderTest;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import oracle.ucp.UniversalConnectionPoolException;
import oracle.ucp.admin.UniversalConnectionPoolManagerImpl;
import oracle.ucp.jdbc.PoolDataSource;
import oracle.ucp.jdbc.PoolDataSourceFactory;

/** Oracle UCP, over the drivers of other databases. */
public final class UcpMaker implements PoolUnderTest.Maker {

    private static final int MILLIS = 1_000;

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) throws SQLException {
        PoolDataSource source = PoolDataSourceFactory.getPoolDataSource();
        source.setConnectionPoolName(settings.name());
        source.setConnectionFactoryClassName(DriverManager.getDriver(settings.url()).getClass().getName());
        source.setURL(settings.url());
        source.setInitialPoolSize(settings.size());
        source.setMinPoolSize(settings.size());
        source.setMaxPoolSize(settings.size());
        source.setConnectionWaitTimeout((int) (settings.patienceMillis() / MILLIS));
        return new Pool(source);
    }

    private record Pool(PoolDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return count(source::getBorrowedConnectionsCount);
        }

        @Override
        public int total() {
            return active() + count(source::getAvailableConnectionsCount);
        }

        @Override
        public int maximum() {
            return source.getMaxPoolSize();
        }

        @Override
        public void close() throws SQLException {
            try {
                UniversalConnectionPoolManagerImpl.getUniversalConnectionPoolManager()
                        .destroyConnectionPool(source.getConnectionPoolName());
            } catch (UniversalConnectionPoolException e) {
                throw new SQLException(e);
            }
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
