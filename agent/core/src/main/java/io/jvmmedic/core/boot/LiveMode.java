package io.jvmmedic.core.boot;

import io.jvmmedic.core.model.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The mode in force: what was configured or last asked for, unless paused or the kill file exists. The file works when
 * nothing else does.
 */
final class LiveMode implements Supplier<Mode> {

    private final Path killFile;
    private volatile Mode chosen;
    private volatile boolean paused;
    private volatile boolean killed;

    /** @param killFile empty for none */
    LiveMode(Mode configured, String killFile) {
        this.chosen = configured;
        this.killFile = killFile.isEmpty() ? null : Path.of(killFile);
    }

    @Override
    public Mode get() {
        return killed ? Mode.OFF : paused && chosen == Mode.HEAL ? Mode.OBSERVE : chosen;
    }

    void choose(Mode mode) {
        chosen = mode;
    }

    /** While paused the agent goes on looking but does nothing. */
    void pause(boolean wanted) {
        paused = wanted;
    }

    boolean isPaused() {
        return paused;
    }

    /** Looks for the kill file; called a few times a second, one file-system call. */
    void look() {
        if (killFile != null) {
            killed = Files.exists(killFile);
        }
    }
}
