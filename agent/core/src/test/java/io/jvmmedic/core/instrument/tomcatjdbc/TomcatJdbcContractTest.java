package io.jvmmedic.core.instrument.tomcatjdbc;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Tomcat JDBC does what every pool must do, also with the settings that change its inner workings. */
class TomcatJdbcContractTest extends PoolContract {

    /** Before 9.0.92 result sets are the driver's own. */
    private static final String RAW_RESULT_SETS = "9.0.16";

    @Override
    protected Stream<String> variants() {
        return Stream.of(RAW_RESULT_SETS, "9.0.112", "10.1.55", "11.0.25", "11.0.25 unfair and without cleaner");
    }

    @Override
    protected Integration integration() {
        return new TomcatJdbcIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        Map<String, Object> settings = variant.contains("unfair")
                ? Map.of("FairQueue", false, "MinEvictableIdleTimeMillis", 0) : Map.of();
        return new TomcatJdbcHost(variant.split(" ")[0]).pool(wanted, settings);
    }

    @Override
    protected void close(DataSource pool) throws Exception {
        pool.getClass().getMethod("close").invoke(pool);
    }

    @Override
    protected Map<String, Kept> kept() {
        Map<String, Kept> kept = super.kept();
        kept.put("the pool's connection", connection -> ((javax.sql.PooledConnection) connection).getConnection());
        return kept;
    }

    @Override
    protected Map<String, Kept> leaks(String variant) {
        Map<String, Kept> leaks = super.leaks();
        leaks.remove("a look at metadata");
        if (variant.equals(RAW_RESULT_SETS)) {
            leaks.remove("an open result set");
            leaks.remove("a closed statement");
        }
        return leaks;
    }
}
