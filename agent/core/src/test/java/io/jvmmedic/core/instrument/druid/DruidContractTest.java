package io.jvmmedic.core.instrument.druid;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.sql.PooledConnection;

/** Druid does what every pool must do, with and without filters around the driver's connections. */
class DruidContractTest extends PoolContract {

    private static final String FILTERED = " filtered";
    /** Druid's own reclaimer keeps a list of what is out; its time-out is far away. */
    private static final String LISTED = " removeAbandoned";

    @Override
    protected Stream<String> variants() {
        return LibraryLoader.versions("druid").stream().flatMap(version -> 
                Stream.of(version, version + FILTERED, version + LISTED));
    }

    @Override
    protected Integration integration() {
        return new DruidIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        DruidHost host = new DruidHost(variant.replaceAll(" .*", ""));
        if (variant.endsWith(FILTERED)) {
            host.with("filters", "stat");
        }
        if (variant.endsWith(LISTED)) {
            host.with("removeAbandoned", true);
        }
        return host.pool(wanted.name(), wanted.url(), wanted.maximum(), wanted.timeoutMillis());
    }

    /** What keeps a list of handles keeps the handles. */
    @Override
    protected boolean provesLeaks(String variant) {
        return !variant.endsWith(LISTED);
    }

    @Override
    protected boolean listsWhatIsOut(String variant) {
        return variant.endsWith(LISTED);
    }

    /** What Druid's own API hands out. */
    @Override
    protected Map<String, Kept> kept() {
        Map<String, Kept> kept = super.kept();
        kept.put("the connection of a PooledConnection", connection -> ((PooledConnection) connection).getConnection());
        kept.put("the raw statement", connection -> get(connection.createStatement(), "getStatement"));
        kept.put("the raw prepared statement", connection ->
                get(connection.prepareStatement("select 1"), "getRawStatement"));
        kept.put("the raw result set", connection -> get(row(connection), "getRawResultSet"));
        return kept;
    }

    private static Object get(Object part, String getter) {
        try {
            return part.getClass().getMethod(getter).invoke(part);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Metadata is the driver's own and works on the connection for ever, so a look at it ends the proof. */
    @Override
    protected Map<String, Kept> leaks() {
        Map<String, Kept> leaks = super.leaks();
        leaks.remove("a look at metadata");
        return leaks;
    }
}
