package io.jvmmedic.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** A JDK to fork patients with. */
public record Jdk(int feature, Path home) {

    public Path tool(String name) {
        return home.resolve("bin").resolve(name);
    }

    static boolean isHome(Path home) {
        return Files.isExecutable(home.resolve("bin/java")) && Files.isExecutable(home.resolve("bin/javac"));
    }

    @Override
    public String toString() {
        return "jdk" + feature;
    }
}
