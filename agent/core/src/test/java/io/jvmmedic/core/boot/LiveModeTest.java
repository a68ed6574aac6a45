package io.jvmmedic.core.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveModeTest {

    @Test
    void theKillFileSwitchesOffForAsLongAsItExists(@TempDir Path folder) throws IOException {
        Path killFile = folder.resolve("kill");
        LiveMode mode = new LiveMode(Mode.HEAL, killFile.toString());
        mode.look();
        assertEquals(Mode.HEAL, mode.get());
        Files.createFile(killFile);
        mode.look();
        assertEquals(Mode.OFF, mode.get());
        mode.choose(Mode.OBSERVE);
        assertEquals(Mode.OFF, mode.get(), "the file wins over whoever asks for a mode");
        Files.delete(killFile);
        mode.look();
        assertEquals(Mode.OBSERVE, mode.get());
    }

    @Test
    void aPauseObservesAndMakesNothingBolder() {
        LiveMode mode = new LiveMode(Mode.HEAL, "");
        mode.pause(true);
        assertTrue(mode.isPaused());
        assertEquals(Mode.OBSERVE, mode.get());
        mode.choose(Mode.OFF);
        assertEquals(Mode.OFF, mode.get());
        mode.choose(Mode.HEAL);
        mode.pause(false);
        assertFalse(mode.isPaused());
        assertEquals(Mode.HEAL, mode.get());
    }
}
