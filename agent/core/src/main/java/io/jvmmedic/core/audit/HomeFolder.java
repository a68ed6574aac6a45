package io.jvmmedic.core.audit;

import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where files go: {@code <dir>/<app>-<pid>} for this JVM, and {@code <dir>/<app>.ledger} for what survives it.
 *
 * <p>Everything lies below a folder that belongs to our user and that nobody else may write to. In a shared folder such
 * as {@code /tmp} somebody could otherwise put a link or a folder of his own in our place, and read stack traces or have
 * our files written over others of this user. Where the configured folder is open to others, as an {@code emptyDir} is,
 * a private one inside it is used.
 */
public final class HomeFolder {

    /** Folders of dead JVMs that are kept, newest first. */
    static final int DEAD_KEPT = 10;
    private static final int NAME_LENGTH = 64;
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final Pattern PER_JVM = Pattern.compile(".+-(\\d{1,18})");

    private final Path root;
    private final Path jvm;
    private final String appName;

    private HomeFolder(Path root, Path jvm, String appName) {
        this.root = root;
        this.jvm = jvm;
        this.appName = appName;
    }

    /**
     * Finds or creates the folder of this JVM and removes old ones of dead JVMs. Never throws.
     *
     * @param warnings gets one sentence when there is none; the agent then goes on without files
     */
    public static Optional<HomeFolder> open(MedicConfig config, Consumer<String> warnings) {
        return open(config.get(Options.DIRECTORY), appName(config), ProcessHandle.current().pid(),
                pid -> ProcessHandle.of(pid).isPresent(), warnings);
    }

    static Optional<HomeFolder> open(String configured, String appName, long pid, LongPredicate alive,
            Consumer<String> warnings) {
        try {
            Path root = configured.isEmpty()
                    ? privateFolder(Path.of(System.getProperty("java.io.tmpdir"), ownName()).toAbsolutePath())
                    : configuredFolder(Path.of(configured));
            Path jvm = privateFolder(root.resolve(appName + "-" + pid));
            removeDead(root, alive);
            return Optional.of(new HomeFolder(root, jvm, appName));
        } catch (Untrusted e) {
            warnings.accept(e.getMessage() + "; no incident files are written, set " + Options.DIRECTORY.key()
                    + " to a folder of your own");
        } catch (IOException | InvalidPathException e) {
            warnings.accept("folder " + (configured.isEmpty() ? "in the temp folder" : configured) + " cannot be used (" + e
                    + "); no incident files are written, set " + Options.DIRECTORY.key() + " to a writable folder");
        }
        return Optional.empty();
    }

    /** The name budgets are kept under: configured, or the main class or jar of this JVM. */
    public static String appName(MedicConfig config) {
        String configured = config.get(Options.APP_NAME);
        return sanitised(configured.isEmpty() ? mainOf(System.getProperty("sun.java.command", "")) : configured);
    }

    /** Folder of this JVM alone. */
    public Path jvm() {
        return jvm;
    }

    /** File of the budgets, shared by all runs of this application. */
    public Path ledger() {
        return root.resolve(appName + ".ledger");
    }

    /** File of what databases have refused, shared by all runs of this application. */
    public Path limits() {
        return root.resolve(appName + ".limits");
    }

    /** File of the deadlocks that were suffered, shared by all runs of this application; may be copied to other instances. */
    public Path signatures() {
        return root.resolve(appName + ".signatures");
    }

    private static String ownName() {
        return sanitised("jvm-medic-" + System.getProperty("user.name", ""));
    }

    /** {@code command} is what the launcher was given: a jar or a main class, then arguments. */
    static String mainOf(String command) {
        int jar = (command + " ").indexOf(".jar ");
        if (jar >= 0) {
            String path = command.substring(0, jar);
            return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        }
        String main = command.strip().split("\\s", 2)[0];
        return main.substring(main.lastIndexOf('/') + 1);
    }

    static String sanitised(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "");
        return plain.isEmpty() ? "java" : plain.substring(0, Math.min(plain.length(), NAME_LENGTH));
    }

    private static Path configuredFolder(Path configured) throws IOException {
        // The user named it, so links are his own; it is also created on his behalf, with its parents.
        Files.createDirectories(configured);
        Path real = configured.toRealPath();
        return isOurs(real) && !othersMayWrite(real) ? real : privateFolder(real.resolve(ownName()));
    }

    /** Creates the folder, or takes it over if it is one of ours. */
    private static Path privateFolder(Path folder) throws IOException {
        PosixFileAttributeView posix = posix(folder);
        try {
            if (posix == null) {
                Files.createDirectory(folder);
            } else {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new Untrusted(folder + " is a link or a file where our own folder should be");
            }
        }
        if (!isOurs(folder)) {
            throw new Untrusted(folder + " belongs to another user");
        }
        if (posix != null) {
            posix.setPermissions(PRIVATE);
        }
        return folder;
    }

    /**
     * Whether our user owns it, found by comparing with a file made inside: the user's name is not enough, since in a
     * container a uid need not have one. Throws when nothing can be written.
     */
    private static boolean isOurs(Path folder) throws IOException {
        Path probe = Files.createTempFile(folder, ".probe", null);
        try {
            Files.write(probe, new byte[] {1});
            return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe));
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private static boolean othersMayWrite(Path folder) throws IOException {
        PosixFileAttributeView posix = posix(folder);
        if (posix == null) {
            return false;
        }
        Set<PosixFilePermission> permissions = posix.readAttributes().permissions();
        return permissions.contains(PosixFilePermission.GROUP_WRITE) || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** {@code null} where there are no such permissions, as on Windows. */
    private static PosixFileAttributeView posix(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static void removeDead(Path root, LongPredicate alive) {
        record Dead(Path folder, long modifiedMillis) {
        }
        try (Stream<Path> folders = Files.list(root)) {
            List<Dead> dead = folders
                    .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                    .filter(folder -> {
                        Matcher name = PER_JVM.matcher(folder.getFileName().toString());
                        return name.matches() && !alive.test(Long.parseLong(name.group(1)));
                    })
                    .map(folder -> new Dead(folder, folder.toFile().lastModified()))
                    .sorted(Comparator.comparingLong(Dead::modifiedMillis).reversed())
                    .toList();
            for (Dead old : dead.subList(Math.min(DEAD_KEPT, dead.size()), dead.size())) {
                remove(old.folder());
            }
        } catch (IOException | RuntimeException e) {
            // Tidying up is a courtesy: another JVM that starts now may be at it too, and the next start tries again.
        }
    }

    /** Removes a folder and all in it; never follows a link. */
    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException problem) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Somebody else's thing stands where ours should be. */
    private static final class Untrusted extends IOException {
        private static final long serialVersionUID = 1L;


        private Untrusted(String message) {
            super(message);
        }
    }
}
