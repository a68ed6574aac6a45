package io.jvmmedic.core.instrument.ucp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.InstallReport;
import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract;
import io.jvmmedic.core.instrument.WovenHost;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.engine.CastDataProvider;
import org.junit.jupiter.api.Test;

/** Oracle UCP, over H2, does what every pool must do. */
class UcpContractTest extends PoolContract {

    private static final String REFUSED = "21.17.0.0";

    @Override
    protected Stream<String> variants() {
        return LibraryLoader.versions("ucp").stream().filter(version -> !version.equals(REFUSED));
    }

    @Override
    protected Integration integration() {
        return new UcpIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        return new UcpHost(variant).pool(wanted.name(), wanted.url(), wanted.maximum(), wanted.timeoutMillis());
    }

    @Override
    protected void close(DataSource pool) throws Exception {
        UcpHost.close(pool);
    }

    /** UCP takes an interrupt for a moment without a connection, and waits on. */
    @Override
    protected boolean waitsInterruptibly() {
        return false;
    }

    /** Metadata is the driver's own and works on the connection for ever, so a look at it ends the proof. */
    @Override
    protected Map<String, Kept> leaks() {
        Map<String, Kept> leaks = super.leaks();
        leaks.remove("a look at metadata");
        return leaks;
    }

    /** UCP unwraps to interfaces only. */
    @Override
    protected Map<String, Kept> kept() {
        Map<String, Kept> kept = super.kept();
        kept.put("the driver's connection", connection -> connection.unwrap(CastDataProvider.class));
        kept.put("the driver's statement", connection ->
                connection.createStatement().unwrap(Statement.class));
        kept.put("the driver's prepared statement", connection ->
                connection.prepareStatement("select 1").unwrap(PreparedStatement.class));
        kept.put("the driver's result set", connection -> row(connection).unwrap(ResultSet.class));
        return kept;
    }

    @Test
    void versionTwentyOneIsRefusedAsAWhole() throws Exception {
        try (WovenHost medic = new WovenHost(new UcpIntegration())) {
            UcpHost host = new UcpHost(REFUSED);
            DataSource pool = host.pool("refused", "jdbc:h2:mem:refused;DB_CLOSE_DELAY=-1", 2, LONG_WAIT_MILLIS);
            try (Connection connection = pool.getConnection()) {
                assertTrue(connection.isValid(1));
                List<InstallReport.Row> rows = medic.instrumenter.report().rows().stream().filter(row -> row.loader()
                        .endsWith("@" + Integer.toHexString(System.identityHashCode(host.loader())))).toList();
                assertTrue(!rows.isEmpty() && rows.stream().noneMatch(row ->
                        row.state() == InstallReport.State.APPLIED), rows::toString);
                assertTrue(rows.get(0).reason().startsWith("this version of oracle.ucp."), rows::toString);
            } finally {
                UcpHost.close(pool);
            }
            assertEquals(List.of(), medic.registry.pools());
        }
    }
}
