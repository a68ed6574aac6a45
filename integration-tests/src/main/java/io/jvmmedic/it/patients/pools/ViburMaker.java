package io.jvmmedic.it.patients.pools;

import io.jvmmedic.it.patients.PoolUnderTest;
import javax.sql.DataSource;
import org.vibur.dbcp.ViburDBCPDataSource;

/** Vibur. */
public final class ViburMaker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) {
        ViburDBCPDataSource source = new ViburDBCPDataSource();
        source.setName(settings.name());
        source.setJdbcUrl(settings.url());
        // Must not be null; who is in the URL wins.
        source.setUsername("");
        source.setPassword("");
        source.setPoolInitialSize(settings.size());
        source.setPoolMaxSize(settings.size());
        source.setConnectionTimeoutInMs(settings.patienceMillis());
        source.start();
        return new Pool(source);
    }

    private record Pool(ViburDBCPDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return source.getPool().taken();
        }

        @Override
        public int total() {
            return source.getPool().createdTotal();
        }

        @Override
        public int maximum() {
            return source.getPoolMaxSize();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
