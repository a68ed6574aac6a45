package io.jvmmedic.core.boot;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.ModuleOpener;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;

/** In a JVM whose {@code main} runs. */
class HostMainTest {

    @Test
    void theLauncherTells() {
        assertTrue(HostMain.await(new ModuleOpener(ByteBuddyAgent.install()), TimeUnit.MINUTES.toNanos(1)));
    }
}
