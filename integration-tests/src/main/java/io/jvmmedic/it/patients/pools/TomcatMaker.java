package io.jvmmedic.it.patients.pools;

import io.jvmmedic.it.patients.PoolUnderTest;
import java.sql.DriverManager;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat JDBC. */
public final class TomcatMaker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) throws Exception {
        PoolProperties properties = new PoolProperties();
        properties.setName(settings.name());
        properties.setUrl(settings.url());
        properties.setDriverClassName(DriverManager.getDriver(settings.url()).getClass().getName());
        properties.setMaxActive(settings.size());
        properties.setMaxIdle(settings.size());
        properties.setMinIdle(settings.size());
        properties.setInitialSize(settings.size());
        properties.setMaxWait((int) settings.patienceMillis());
        properties.setJmxEnabled(false);
        return new Pool(new DataSource(properties));
    }

    private record Pool(DataSource source) implements PoolUnderTest {

        @Override
        public javax.sql.DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return source.getActive();
        }

        @Override
        public int total() {
            return source.getSize();
        }

        @Override
        public int maximum() {
            return source.getMaxActive();
        }

        @Override
        public void close() {
            source.close(true);
        }
    }
}
