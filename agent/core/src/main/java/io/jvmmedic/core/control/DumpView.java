package io.jvmmedic.core.control;

import java.util.List;

/** Files written by a dump, absolute paths as the JVM sees them. */
public record DumpView(List<String> files) {

    public DumpView {
        files = List.copyOf(files);
    }
}
