package io.jvmmedic.core.instrument.hikari;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** HikariCP does what every pool must do. */
class HikariContractTest extends PoolContract {

    @Override
    protected Stream<String> variants() {
        return LibraryLoader.versions("hikari").stream();
    }

    @Override
    protected Integration integration() {
        return new HikariIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) {
        return new HikariHost(variant).pool(wanted.name(), wanted.maximum(), -1, wanted.timeoutMillis());
    }
}
