package io.jvmmedic.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

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
        return all(folder).stream().anyMatch(path -> path.toString().endsWith(ending));
    }

    /** The first file or folder of that name below a folder. */
    public static Path path(Path folder, String name) {
        return all(folder).stream().filter(path -> path.getFileName().toString().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " below " + folder));
    }

    /** Without what is renamed or removed meanwhile: the agent writes each file beside its place first. */
    private static List<Path> all(Path folder) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                    found.add(path);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                    found.add(path);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path path, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
