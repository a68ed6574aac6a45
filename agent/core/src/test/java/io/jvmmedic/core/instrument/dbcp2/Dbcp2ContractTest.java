package io.jvmmedic.core.instrument.dbcp2;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Commons DBCP2 does what every pool must do, also with the settings that change its inner workings. */
class Dbcp2ContractTest extends PoolContract {

    @Override
    protected Stream<String> variants() {
        return Stream.of("2.9.0", "2.12.0", "2.14.0", "2.14.0 with statement pool and abandoned removal", "tomcat-9.0.112");
    }

    @Override
    protected Integration integration() {
        return new Dbcp2Integration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        Map<String, Object> settings = variant.contains("statement pool")
                ? Map.of("PoolPreparedStatements", true, "RemoveAbandonedOnBorrow", true, "LogAbandoned", true,
                        "AccessToUnderlyingConnectionAllowed", true)
                : Map.of();
        return new Dbcp2Host(variant.split(" ")[0]).pool(wanted, settings);
    }

    @Override
    protected boolean evictsWhatComesBack() {
        return false;
    }
}
