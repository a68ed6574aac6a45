package io.jvmmedic.core.wrapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.jvmmedic.core.resource.PoolHandle;
import java.sql.Connection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Pools of one JVM are told apart, also when they have one name. */
@SuppressWarnings("try") // Connections that are there to be held.
class SeveralPoolsTest {

    @Test
    void aLeakInOneIsNoReasonToTouchAnother() throws Exception {
        try (LeakWatch watch = new LeakWatch();
                HikariDataSource orders = watch.pool("orders", 2); HikariDataSource stock = watch.pool("stock", 2);
                Connection atWork = stock.getConnection(); Connection nextToTheLeak = orders.getConnection()) {
            LeakWatch.drop(orders);
            watch.examine();
            assertEquals(Set.of("orders"), watch.proven());
            assertEquals(1, watch.handle("orders").state().active());
            assertEquals(1, watch.handle("stock").state().active());
            assertTrue(atWork.isValid(1));
            assertTrue(nextToTheLeak.isValid(1));
        }
    }

    @Test
    void twoOfOneNameAreTwo() throws Exception {
        try (LeakWatch watch = new LeakWatch();
                HikariDataSource first = watch.pool("twin", 2); HikariDataSource second = watch.pool("twin", 2);
                Connection atWork = first.getConnection()) {
            LeakWatch.drop(second);
            assertEquals(Set.of("twin", "twin#2"), watch.host.registry.pools().stream()
                    .map(PoolHandle::id).map(id -> id.name()).collect(Collectors.toSet()));
            watch.examine();
            assertEquals(Set.of("twin#2"), watch.proven());
            assertEquals(1, watch.handle("twin").state().active());
            assertEquals(0, watch.handle("twin#2").state().active());
            assertTrue(atWork.isValid(1));
        }
    }
}
