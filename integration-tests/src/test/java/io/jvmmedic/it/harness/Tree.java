package io.jvmmedic.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Looks into the folders that a patient and its agent leave behind. */
public final class Tree {

    private Tree() {
    }

    /** Text of the first file of that name below a folder. */
    public static String find(Path folder, String name) {
        try {
            return Files.readString(path(folder, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of the first file of that name below a folder. */
    static List<String> lines(Path folder, String name) {
        return find(folder, name).lines().toList();
    }

    /** Whether any file below a folder has such a name at its end. */
    static boolean has(Path folder, String ending) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.anyMatch(path -> path.toString().endsWith(ending));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first file or folder of that name below a folder. */
    public static Path path(Path folder, String name) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.getFileName().toString().equals(name)).findFirst()
                    .orElseThrow(() -> new AssertionError("no " + name + " below " + folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
