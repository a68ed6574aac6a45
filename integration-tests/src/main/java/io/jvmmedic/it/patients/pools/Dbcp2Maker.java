package io.jvmmedic.it.patients.pools;

import io.jvmmedic.it.patients.PoolUnderTest;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;

/** Commons DBCP 2. Has no name of its own. */
public final class Dbcp2Maker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) {
        BasicDataSource source = new BasicDataSource();
        source.setUrl(settings.url());
        source.setMaxTotal(settings.size());
        source.setMaxIdle(settings.size());
        source.setMinIdle(settings.size());
        source.setInitialSize(settings.size());
        source.setMaxWaitMillis(settings.patienceMillis());
        return new Pool(source);
    }

    private record Pool(BasicDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return source.getNumActive();
        }

        @Override
        public int total() {
            return source.getNumActive() + source.getNumIdle();
        }

        @Override
        public int maximum() {
            return source.getMaxTotal();
        }

        @Override
        public void close() throws SQLException {
            source.close();
        }
    }
}
