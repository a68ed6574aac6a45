package io.jvmmedic.cli.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What Linux tells about a process without disturbing it. Everything is empty where there is no {@code /proc}. */
final class Proc {

    private static final int SIGQUIT = 3;

    private final Path folder;

    Proc(long pid) {
        this.folder = Path.of("/proc", Long.toString(pid));
    }

    static boolean available() {
        return Files.isDirectory(Path.of("/proc/self"));
    }

    boolean exists() {
        return Files.isDirectory(folder);
    }

    /** Name of the program; empty when unknown. */
    String program() {
        return read("comm").map(String::trim).orElse("");
    }

    Optional<Integer> uid() {
        return uid(folder);
    }

    static Optional<Integer> ownUid() {
        return uid(Path.of("/proc/self"));
    }

    /** The mapped files, one a line; empty when they may not be read. */
    Optional<String> maps() {
        return read("maps");
    }

    /** Its command line, blanks between the words. */
    String commandLine() {
        return read("cmdline").map(text -> text.replace('\0', ' ').trim()).orElse("");
    }

    /** One letter: {@code R}, {@code S}, {@code T} for stopped, {@code Z} for a zombie. */
    Optional<Character> state() {
        return status("State:").map(text -> text.charAt(0));
    }

    /** Whether it handles SIGQUIT, the knock of an attach. A process that does not is killed by it. */
    Optional<Boolean> catchesSigQuit() {
        return status("SigCgt:").map(text -> (Long.parseUnsignedLong(text, 16) >> SIGQUIT - 1 & 1) == 1);
    }

    /** Whether its attach listener runs already, so that nobody has to knock. */
    boolean listensForAttach() {
        return Files.exists(folder.resolve("root/tmp/.java_pid" + ownPid()));
    }

    /** Whether it has a pid of its own inside a container. */
    boolean isInPidNamespace() {
        return !ownPid().equals(folder.getFileName().toString());
    }

    private String ownPid() {
        return status("NSpid:").map(text -> text.substring(text.lastIndexOf('\t') + 1).trim())
                .orElse(folder.getFileName().toString());
    }

    /**
     * A file of the process as this process sees it: a container or a service with a private temp folder has other
     * mounts, where the same path is another file.
     */
    Path outside(Path inside) {
        return sharesMounts() ? inside : folder.resolve("root").resolve(Path.of("/").relativize(inside));
    }

    boolean sharesMounts() {
        try {
            return Files.readSymbolicLink(folder.resolve("ns/mnt"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
    }

    private Optional<String> status(String field) {
        return read("status").flatMap(text -> text.lines().filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()).trim()).filter(value -> !value.isEmpty()).findFirst());
    }

    private Optional<String> read(String name) {
        try {
            return Optional.of(new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> uid(Path folder) {
        try {
            return Optional.of((Integer) Files.getAttribute(folder, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
