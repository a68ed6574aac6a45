package io.jvmmedic.it.patients.pools;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jvmmedic.it.patients.PoolUnderTest;
import javax.sql.DataSource;

/** HikariCP. */
public final class HikariMaker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setJdbcUrl(settings.url());
        config.setMaximumPoolSize(settings.size());
        config.setConnectionTimeout(settings.patienceMillis());
        return new Pool(new HikariDataSource(config));
    }

    private record Pool(HikariDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return source.getHikariPoolMXBean().getActiveConnections();
        }

        @Override
        public int total() {
            return source.getHikariPoolMXBean().getTotalConnections();
        }

        @Override
        public int maximum() {
            return source.getHikariConfigMXBean().getMaximumPoolSize();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
