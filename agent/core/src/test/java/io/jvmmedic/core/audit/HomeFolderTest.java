package io.jvmmedic.core.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvmmedic.core.config.MedicConfig;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HomeFolderTest {

    private static final long PID = 4711;

    @TempDir
    private Path temp;
    private Path dir;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void aFolderOfOurOwn() throws IOException {
        dir = temp.toRealPath().resolve("medic");
    }

    @Test
    void everyJvmHasItsFolderAndEveryApplicationItsLedger() {
        HomeFolder home = open().orElseThrow();
        assertEquals(dir.resolve("orders-4711"), home.jvm());
        assertTrue(Files.isDirectory(home.jvm()));
        assertEquals(dir.resolve("orders.ledger"), home.ledger());
        assertEquals(List.of(), warnings);
        assertEquals(home.jvm(), open().orElseThrow().jvm(), "a container's pid is always the same");
    }

    @Test
    void nobodyElseMayLookInside() throws IOException {
        assumeTrue(isPosix());
        Files.createDirectories(dir.resolve("orders-4711"), PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwxr-xr-x")));
        assertEquals("rwx------", permissions(open().orElseThrow().jvm()));
    }

    @Test
    void withoutAConfiguredFolderThereIsOneForTheUserInTheTempFolder() {
        withTempFolder(temp, () -> {
            HomeFolder home = HomeFolder.open(MedicConfig.of(Map.of("app-name", "orders")), warnings::add).orElseThrow();
            assertTrue(home.jvm().getParent().getFileName().toString().startsWith("jvm-medic-"), home.jvm().toString());
            assertEquals("orders-" + ProcessHandle.current().pid(), home.jvm().getFileName().toString());
        });
        assertEquals(List.of(), warnings);
    }

    @Test
    void aFolderOpenToOthersGetsAPrivateOneInside() throws IOException {
        assumeTrue(isPosix());
        Files.createDirectories(dir);
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
        HomeFolder home = open().orElseThrow();
        Path inside = home.ledger().getParent();
        assertEquals(dir, inside.getParent());
        assertEquals("rwx------", permissions(inside));
        assertEquals("rwxrwxrwx", permissions(dir), "what the user made is the user's");
        assertEquals(List.of(), warnings);
    }

    @Test
    void aLinkInOurPlaceIsRefused() throws IOException {
        assumeTrue(isPosix());
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Files.createDirectories(dir);
        Files.createSymbolicLink(dir.resolve("orders-4711"), elsewhere);
        assertEquals(Optional.empty(), open());
        assertEquals(List.of(dir + "/orders-4711 is a link or a file where our own folder should be; no incident files are "
                + "written, set dir to a folder of your own"), warnings);
        assertEquals(List.of(), list(elsewhere));
    }

    @Test
    void aLinkInTheTempFolderIsRefused() throws IOException {
        assumeTrue(isPosix());
        withTempFolder(temp, () -> HomeFolder.open(MedicConfig.of(Map.of()), warnings::add));
        Path ours = list(temp).stream().filter(path -> path.getFileName().toString().startsWith("jvm-medic-"))
                .findFirst().orElseThrow();
        Path moved = Files.move(ours, temp.resolve("moved"));
        Files.createSymbolicLink(ours, moved);
        withTempFolder(temp, () ->
                assertEquals(Optional.empty(), HomeFolder.open(MedicConfig.of(Map.of()), warnings::add)));
        assertEquals(1, warnings.size());
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws IOException {
        assumeTrue(isPosix());
        Files.createDirectories(dir.resolve("orders-4711"));
        try {
            Files.setOwner(dir.resolve("orders-4711"),
                    dir.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        } catch (IOException e) {
            assumeTrue(false, "only root can give a folder away: " + e);
        }
        assertEquals(Optional.empty(), open());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith(dir + "/orders-4711 belongs to another user; "), warnings.get(0));
    }

    @Test
    void whereNothingCanBeWrittenThereIsNoFolderAndOneSentence() throws IOException {
        Files.writeString(dir, "a file");
        assertEquals(Optional.empty(), open());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith("folder " + dir + " cannot be used ("), warnings.get(0));
        assertTrue(warnings.get(0).endsWith("no incident files are written, set dir to a writable folder"), warnings.get(0));
    }

    @Test
    void aReadOnlyFolderIsNoFolder() throws IOException {
        assumeTrue(isPosix());
        Files.createDirectories(dir);
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeFalse(Files.isWritable(dir), "root writes everywhere");
            assertEquals(Optional.empty(), open());
            assertEquals(1, warnings.size());
        } finally {
            Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void aTempFolderThatDoesNotExistOrIsNoPathIsOneSentence() {
        withTempFolder(temp.resolve("absent"), () ->
                assertEquals(Optional.empty(), HomeFolder.open(MedicConfig.of(Map.of()), warnings::add)));
        assertEquals(Optional.empty(), HomeFolder.open("a\0b", "orders", PID, pid -> false, warnings::add));
        assertEquals(2, warnings.size());
    }

    @Test
    void foldersOfDeadJvmsGoOldestFirstBeyondTheCap() throws IOException {
        Files.createDirectories(dir);
        for (int pid = 1; pid <= HomeFolder.DEAD_KEPT + 5; pid++) {
            Path folder = Files.createDirectory(dir.resolve("orders-" + pid));
            Files.writeString(folder.resolve("journal.jsonl"), "{}\n");
            Files.setLastModifiedTime(folder, FileTime.fromMillis(1_000_000L * pid));
        }
        Files.createDirectory(dir.resolve("not-ours"));
        Files.writeString(dir.resolve("orders-9999"), "a file of that name");

        // 2 is alive; of the 14 dead ones the oldest four go.
        HomeFolder.open(dir.toString(), "orders", PID, pid -> pid == 2 || pid == PID, warnings::add).orElseThrow();

        List<String> left = list(dir).stream().map(path -> path.getFileName().toString()).sorted().toList();
        for (String gone : List.of("orders-1", "orders-3", "orders-4", "orders-5")) {
            assertFalse(left.contains(gone), gone);
        }
        assertTrue(left.containsAll(List.of("orders-2", "orders-6", "orders-15", "not-ours", "orders-9999", "orders-4711")),
                left.toString());
    }

    @Test
    void tidyingUpNeverFollowsALink() throws IOException {
        assumeTrue(isPosix());
        Path precious = Files.createDirectory(temp.resolve("precious"));
        Files.writeString(precious.resolve("letter"), "dear");
        Path folder = Files.createDirectories(temp.resolve("old"));
        Files.createSymbolicLink(folder.resolve("link"), precious);
        HomeFolder.remove(folder);
        assertFalse(Files.exists(folder));
        assertEquals("dear", Files.readString(precious.resolve("letter")));
    }

    @ParameterizedTest
    @CsvSource({
            "com.acme.OrdersApplication --port 1, com.acme.OrdersApplication",
            "orders.module/com.acme.Main,         com.acme.Main",
            "/srv/app/orders-1.4.jar --x=y.jar,   orders-1.4",
            "C:\\app dir\\orders.jar,             orders",
            "'',                                  ''",
    })
    void theApplicationIsNamedAfterItsMainClassOrJar(String command, String expected) {
        assertEquals(expected, HomeFolder.mainOf(command));
    }

    @ParameterizedTest
    @CsvSource({"a/../b c,a_.._b_c", "..,java", "'',java", ".hidden,hidden", "größe,gr__e"})
    void aNameCannotLeaveItsFolder(String name, String expected) {
        assertEquals(expected, HomeFolder.sanitised(name));
        assertEquals(64, HomeFolder.sanitised("x".repeat(200)).length());
    }

    private Optional<HomeFolder> open() {
        return HomeFolder.open(dir.toString(), "orders", PID, pid -> pid == PID, warnings::add);
    }

    private boolean isPosix() throws IOException {
        FileStore store = Files.getFileStore(temp);
        return store.supportsFileAttributeView("posix");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    private static void withTempFolder(Path folder, Runnable test) {
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.toString());
        try {
            test.run();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }
}
