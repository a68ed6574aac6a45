package io.jvmmedic.it.patients.pools;

import com.alibaba.druid.pool.DruidDataSource;
import io.jvmmedic.it.patients.PoolUnderTest;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Alibaba Druid. */
public final class DruidMaker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) throws SQLException {
        DruidDataSource source = new DruidDataSource();
        source.setName(settings.name());
        source.setUrl(settings.url());
        source.setMaxActive(settings.size());
        source.setMinIdle(settings.size());
        source.setInitialSize(settings.size());
        source.setMaxWait(settings.patienceMillis());
        source.init();
        return new Pool(source);
    }

    private record Pool(DruidDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return source.getActiveCount();
        }

        @Override
        public int total() {
            return source.getActiveCount() + source.getPoolingCount();
        }

        @Override
        public int maximum() {
            return source.getMaxActive();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
