package io.jvmmedic.core.instrument.c3p0;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** c3p0 does what every pool must do. */
class C3p0ContractTest extends PoolContract {

    @Override
    protected Stream<String> variants() {
        return LibraryLoader.versions("c3p0").stream();
    }

    @Override
    protected Integration integration() {
        return new C3p0Integration();
    }

    @Override
    protected boolean provesLeaks() {
        return false;
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws ReflectiveOperationException {
        return new C3p0Host(variant).pool(wanted.name(), wanted.url(), wanted.maximum(), wanted.timeoutMillis());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aTestThatHangsIsSeen(String variant) throws Exception {
        assertHangingTestIsSeen(query -> wanted -> {
            DataSource pool = open(variant, wanted);
            C3p0Host.call(pool, "setPreferredTestQuery", query);
            C3p0Host.call(pool, "setTestConnectionOnCheckout", true);
            return pool;
        }, variant);
    }

    @Override
    protected void close(DataSource pool) throws ReflectiveOperationException {
        C3p0Host.call(pool, "close");
    }
}
