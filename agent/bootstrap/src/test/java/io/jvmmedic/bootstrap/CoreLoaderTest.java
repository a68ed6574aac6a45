package io.jvmmedic.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreLoaderTest {

    /** Stands for a class of the core. */
    public static final class Inside {
    }

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    @Test
    void theCoreIsItsOwnAndMeetsNothingOfTheHost(@TempDir Path folder) throws Exception {
        String stored = Inside.class.getName().replace('.', '/');
        try (InputStream bytes = Inside.class.getResourceAsStream("/" + stored + ".class")) {
            entries.put("core/" + stored + ".classdata", bytes.readAllBytes());
        }
        CoreLoader loader = new CoreLoader(jar(folder));
        Class<?> inside = loader.loadClass(Inside.class.getName());
        assertNotSame(Inside.class, inside, "the host has a class of the same name");
        assertSame(loader, inside.getClassLoader());
        assertThrows(ClassNotFoundException.class, () -> loader.loadClass(Test.class.getName()),
                "what only the class path has");
        loader.close();
    }

    @Test
    void theNewestVersionThatThisJvmMayUseIsTaken(@TempDir Path folder) throws Exception {
        entries.put("core/which", "the base".getBytes(StandardCharsets.UTF_8));
        entries.put("core/META-INF/versions/9/", new byte[0]);
        entries.put("core/META-INF/versions/9/which", "nine".getBytes(StandardCharsets.UTF_8));
        entries.put("core/META-INF/versions/999/", new byte[0]);
        entries.put("core/META-INF/versions/999/which", "the future".getBytes(StandardCharsets.UTF_8));
        CoreLoader loader = new CoreLoader(jar(folder));
        try (InputStream in = loader.getResourceAsStream("which")) {
            assertEquals("nine", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        loader.close();
    }

    private File jar(Path folder) throws IOException {
        Path file = folder.resolve("agent.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
        return file.toFile();
    }
}
