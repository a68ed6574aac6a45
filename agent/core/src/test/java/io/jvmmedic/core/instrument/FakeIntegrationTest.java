package io.jvmmedic.core.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.fake.FakeIntegration;
import io.jvmmedic.core.instrument.fake.FakePool;
import io.jvmmedic.core.resource.PoolHandle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A new library takes one folder, {@code fake}, and one line, the one that names its integration. */
@SuppressWarnings("try") // Resources that are there to be closed.
class FakeIntegrationTest {

    @Test
    void oneFolderAndOneLineAreEnough() throws Throwable {
        try (WovenHost medic = new WovenHost(new FakeIntegration())) {
            FakePool pool = new FakePool(1);
            try (FakePool.Handle held = pool.borrow()) {
                PoolHandle handle = medic.registry.pools().get(0);
                assertEquals("pool:fake", handle.id().toString());
                assertEquals(new PoolHandle.State(1, 0, 1, 1, 0), handle.state());
                assertTrue(medic.instrumenter.report().applied("fake"));

                Object entry = medic.leases.byId(medic.leases.of(handle).get(0).id()).entry();
                handle.closeEntry().pull(entry);
                assertFalse(handle.inUse(entry));
                assertEquals(List.of(), medic.leases.of(handle));
                assertFalse(handle.resize().isPresent());
            }
            for (int i = 0; i < 3; i++) {
                pool.borrow().close();
            }
            assertEquals(4, medic.leases.borrows(medic.registry.pools().get(0)));
        }
    }
}
