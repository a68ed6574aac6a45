package io.jvmmedic.it.patients.pools;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.jvmmedic.it.patients.PoolUnderTest;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Agroal. Has no name of its own. */
public final class AgroalMaker implements PoolUnderTest.Maker {

    @Override
    public PoolUnderTest make(PoolUnderTest.Settings settings) throws SQLException {
        return new Pool(AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .metricsEnabled()
                .connectionPoolConfiguration(pool -> pool
                        .initialSize(settings.size())
                        .minSize(settings.size())
                        .maxSize(settings.size())
                        .acquisitionTimeout(Duration.ofMillis(settings.patienceMillis()))
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(settings.url())))));
    }

    private record Pool(AgroalDataSource source) implements PoolUnderTest {

        @Override
        public DataSource dataSource() {
            return source;
        }

        @Override
        public int active() {
            return (int) source.getMetrics().activeCount();
        }

        @Override
        public int total() {
            return (int) (source.getMetrics().activeCount() + source.getMetrics().availableCount());
        }

        @Override
        public int maximum() {
            return source.getConfiguration().connectionPoolConfiguration().maxSize();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
