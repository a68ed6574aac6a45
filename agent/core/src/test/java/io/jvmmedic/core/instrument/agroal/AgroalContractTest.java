package io.jvmmedic.core.instrument.agroal;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agroal does what every pool must do. */
class AgroalContractTest extends PoolContract {

    @Override
    protected Stream<String> variants() {
        return LibraryLoader.versions("agroal").stream();
    }

    @Override
    protected Integration integration() {
        return new AgroalIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws Exception {
        return new AgroalHost(variant).pool(wanted.url(), wanted.maximum(), wanted.timeoutMillis());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aTestThatHangsIsSeen(String variant) throws Exception {
        assertHangingTestIsSeen(query -> wanted -> new AgroalHost(variant).tested(query)
                .pool(wanted.url(), wanted.maximum(), wanted.timeoutMillis()), variant);
    }

    /** Metadata is the driver's own and works on the connection for ever, so a look at it ends the proof. */
    @Override
    protected Map<String, Kept> leaks() {
        Map<String, Kept> leaks = super.leaks();
        leaks.remove("a look at metadata");
        return leaks;
    }
}
