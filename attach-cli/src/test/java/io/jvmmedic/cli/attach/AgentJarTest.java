package io.jvmmedic.cli.attach;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentJarTest {

    private static final byte[] JAR = {1, 2, 3};

    private final Jvm self = new Jvm(ProcessHandle.current().pid(), "");

    @TempDir
    private Path temp;

    @Test
    void theSameJarIsWrittenOnceAndAnotherBesideIt() throws Exception {
        Path first = AgentJar.place(JAR, self, temp);
        long written = Files.getLastModifiedTime(first).toMillis();
        assertEquals(first, AgentJar.place(JAR, self, temp));
        assertEquals(written, Files.getLastModifiedTime(first).toMillis());
        assertArrayEquals(JAR, Files.readAllBytes(first));
        assertNotEquals(first, AgentJar.place(new byte[] {4}, self, temp));
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(first)));
    }

    @Test
    void whatSomebodyElsePutInItsPlaceIsNotUsed() throws Exception {
        Path jar = AgentJar.place(JAR, self, temp);
        Files.write(jar, new byte[] {9});
        assertArrayEquals(JAR, Files.readAllBytes(AgentJar.place(JAR, self, temp)));

        Path elsewhere = Files.write(temp.resolve("other.jar"), new byte[] {9});
        Files.delete(jar);
        Files.createSymbolicLink(jar, elsewhere);
        AgentJar.place(JAR, self, temp);
        assertFalse(Files.isSymbolicLink(jar));
        assertArrayEquals(new byte[] {9}, Files.readAllBytes(elsewhere));
    }

    @Test
    void aFolderThatOthersMayWriteIsClosedAndALinkIsRefused() throws Exception {
        Path folder = AgentJar.place(JAR, self, temp).getParent();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        AgentJar.place(JAR, self, temp);
        assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));

        Path other = Files.createDirectory(temp.resolve("other"));
        Path linked = Files.createDirectory(other.resolve("tmp"));
        Files.createSymbolicLink(linked.resolve(folder.getFileName()), temp);
        Failure refused = assertThrows(Failure.class, () -> AgentJar.place(JAR, self, linked));
        assertTrue(refused.getMessage().contains("is a link or a file"), refused::getMessage);
    }

    @Test
    void withoutAPlaceTheSentenceSaysWhatToSet() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        Failure failure = assertThrows(Failure.class, () -> AgentJar.place(JAR, self, file));
        assertTrue(failure.getMessage().contains("-Djava.io.tmpdir"), failure::getMessage);
    }
}
