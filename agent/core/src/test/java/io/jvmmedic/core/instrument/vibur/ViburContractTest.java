package io.jvmmedic.core.instrument.vibur;

import io.jvmmedic.core.instrument.Integration;
import io.jvmmedic.core.instrument.LibraryLoader;
import io.jvmmedic.core.instrument.PoolContract;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Vibur DBCP does what every pool must do, with and without its own list of what is out. */
class ViburContractTest extends PoolContract {

    private static final String TRACKED = " tracked";

    @Override
    protected Stream<String> variants() {
        return LibraryLoader.versions("vibur").stream().flatMap(version -> Stream.of(version, version + TRACKED));
    }

    @Override
    protected Integration integration() {
        return new ViburIntegration();
    }

    @Override
    protected DataSource open(String variant, Wanted wanted) throws ReflectiveOperationException {
        return new ViburHost(variant.replaceAll(" .*", ""), variant.endsWith(TRACKED))
                .pool(wanted.name(), wanted.url(), wanted.maximum(), wanted.timeoutMillis());
    }

    /** What keeps a list of handles keeps the handles. */
    @Override
    protected boolean provesLeaks(String variant) {
        return !variant.endsWith(TRACKED);
    }

    @Override
    protected boolean listsWhatIsOut(String variant) {
        return variant.endsWith(TRACKED);
    }

    /** Result sets of metadata are the driver's own, so a look at one ends the proof. */
    @Override
    protected Map<String, Kept> leaks() {
        Map<String, Kept> leaks = super.leaks();
        leaks.remove("a look at metadata");
        return leaks;
    }
}
