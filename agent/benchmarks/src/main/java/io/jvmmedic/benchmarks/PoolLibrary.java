package io.jvmmedic.benchmarks;

import com.alibaba.druid.pool.DruidDataSource;
import com.mchange.v2.c3p0.DataSources;
import com.mchange.v2.c3p0.PooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.DataSourceConnectionFactory;
import org.apache.commons.dbcp2.PoolableConnection;
import org.apache.commons.dbcp2.PoolableConnectionFactory;
import org.apache.commons.dbcp2.PoolingDataSource;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.vibur.dbcp.ViburDBCPDataSource;

/** Pools of {@value #SIZE} connections over a driver that does nothing, each as its manual makes one. */
public enum PoolLibrary {

    HIKARI {
        @Override
        DataSource open() {
            HikariConfig config = new HikariConfig();
            config.setDataSource(new StubDriver());
            config.setMaximumPoolSize(SIZE);
            return new HikariDataSource(config);
        }
    },
    TOMCAT {
        @Override
        DataSource open() {
            PoolProperties properties = new PoolProperties();
            properties.setDataSource(new StubDriver());
            properties.setMaxActive(SIZE);
            properties.setMaxIdle(SIZE);
            return new org.apache.tomcat.jdbc.pool.DataSource(properties);
        }
    },
    DBCP2 {
        @Override
        DataSource open() {
            PoolableConnectionFactory factory =
                    new PoolableConnectionFactory(new DataSourceConnectionFactory(new StubDriver()), null);
            GenericObjectPool<PoolableConnection> pool = new GenericObjectPool<>(factory);
            pool.setMaxTotal(SIZE);
            pool.setMaxIdle(SIZE);
            factory.setPool(pool);
            return new PoolingDataSource<>(pool);
        }
    },
    C3P0 {
        @Override
        DataSource open() throws SQLException {
            return DataSources.pooledDataSource(new StubDriver(), Map.of("maxPoolSize", SIZE, "initialPoolSize", SIZE));
        }
    },
    DRUID {
        @Override
        DataSource open() {
            DruidDataSource pool = new DruidDataSource();
            pool.setDriver(new StubDriver());
            pool.setUrl(StubDriver.URL);
            pool.setMaxActive(SIZE);
            return pool;
        }
    },
    AGROAL {
        @Override
        DataSource open() throws SQLException {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(pool ->
                    pool.maxSize(SIZE).acquisitionTimeout(Duration.ofSeconds(10)).connectionFactoryConfiguration(factory ->
                            factory.connectionProviderClass(StubDriver.class).jdbcUrl(StubDriver.URL))));
        }
    },
    VIBUR {
        @Override
        DataSource open() {
            ViburDBCPDataSource pool = new ViburDBCPDataSource();
            pool.setExternalDataSource(new StubDriver());
            pool.setPoolMaxSize(SIZE);
            pool.setTestConnectionQuery("isValid");
            pool.start();
            return pool;
        }
    };

    static final int SIZE = 10;

    abstract DataSource open() throws SQLException;

    /** Pools of some libraries have no {@code close} of their own that could be called alike. */
    static void close(DataSource pool) throws Exception {
        if (pool instanceof AutoCloseable closeable) {
            closeable.close();
        } else if (pool instanceof org.apache.tomcat.jdbc.pool.DataSource tomcat) {
            tomcat.close(true);
        } else if (pool instanceof PooledDataSource) {
            DataSources.destroy(pool);
        }
    }
}
