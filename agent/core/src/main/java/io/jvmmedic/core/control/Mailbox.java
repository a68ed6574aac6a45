package io.jvmmedic.core.control;

import io.jvmmedic.bootstrap.MedicThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder through which the command line asks and is answered: {@code <id>.request} comes in, {@code <id>.reply} goes
 * out, both whole from the first byte because they are renamed into place. Only the JVM's own user can enter it.
 *
 * <p>A second attach could carry requests too, and does where no folder can be made, but on JDK 21 and later each attach
 * writes four lines of warning into the host's stderr.
 */
public final class Mailbox {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final Pattern REQUEST = Pattern.compile("([A-Za-z0-9-]{1,64})\\.request");
    private static final int MAX_REQUEST_BYTES = 64 * 1024;
    /** Requests at work; further ones wait in the folder. More than one, so that a stuck one does not silence the agent. */
    private static final int MAX_AT_WORK = 4;
    /** A client that has not fetched its reply by then never will. */
    private static final long FORGOTTEN_MILLIS = Duration.ofMinutes(10).toMillis();

    private final Path folder;
    private final Commands commands;
    private final AgentProperties properties;
    private final Semaphore atWork = new Semaphore(MAX_AT_WORK);
    private volatile boolean closed;

    private Mailbox(Path folder, Commands commands, AgentProperties properties) {
        this.folder = folder;
        this.commands = commands;
        this.properties = properties;
    }

    /**
     * Makes the folder.
     *
     * @param parent of this JVM alone
     * @param properties takes the reply that cannot be written, the disk being full
     * @param warnings gets one sentence when there can be no mailbox
     */
    public static Optional<Mailbox> open(
            Path parent, Commands commands, AgentProperties properties, Consumer<String> warnings) {
        Path folder = parent.resolve("mailbox");
        try {
            if (Files.getFileStore(parent).supportsFileAttributeView("posix")) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            } else {
                Files.createDirectories(folder);
            }
            return Optional.of(new Mailbox(folder, commands, properties));
        } catch (IOException | RuntimeException e) {
            warnings.accept("no mailbox in " + folder + " (" + e + "), the command line attaches for each request");
            return Optional.empty();
        }
    }

    public Path folder() {
        return folder;
    }

    /** Takes what has arrived; the work is done on own threads. Costs one listing of an empty folder; never throws. */
    public void poll() {
        String[] names = closed ? null : folder.toFile().list();
        if (names == null) {
            return;
        }
        for (String name : names) {
            Matcher matcher = REQUEST.matcher(name);
            if (!matcher.matches()) {
                dropIfForgotten(folder.resolve(name));
            } else if (atWork.tryAcquire()) {
                take(matcher.group(1));
            }
        }
    }

    /** Removes the folder; requests at work still finish, their replies go to the agent properties. */
    public void close() {
        closed = true;
        String[] names = folder.toFile().list();
        if (names != null) {
            for (String name : names) {
                if (!name.endsWith(".reply")) {
                    delete(folder.resolve(name));
                }
            }
        }
        // Stays while a reply waits to be fetched: the command line removes both.
        folder.toFile().delete();
    }

    private void take(String id) {
        Path taken = folder.resolve(id + ".taken");
        try {
            Files.move(folder.resolve(id + ".request"), taken, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // Withdrawn by its sender in between.
            atWork.release();
            return;
        }
        new MedicThread(() -> work(id, taken), "command").start();
    }

    private void work(String id, Path taken) {
        Answer answer;
        try {
            answer = commands.answer(read(taken));
            delete(taken);
            send(id, answer);
        } catch (IOException e) {
            LOG.warn("mailbox: request {} cannot be read: {}", id, e.toString());
            return;
        } finally {
            atWork.release();
        }
        answer.afterwards().run();
    }

    private static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_REQUEST_BYTES) {
            delete(file);
            throw new IOException("not a file of at most " + MAX_REQUEST_BYTES + " bytes");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private void send(String id, Answer answer) {
        Path draft = folder.resolve(id + ".draft");
        try {
            Files.writeString(draft, answer.json(), StandardCharsets.UTF_8);
            Files.move(draft, folder.resolve(id + ".reply"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            delete(draft);
            properties.reply(id, answer.json());
        }
    }

    private static void dropIfForgotten(Path file) {
        long written = file.toFile().lastModified();
        if (written > 0 && System.currentTimeMillis() - written > FORGOTTEN_MILLIS) {
            delete(file);
        }
    }

    private static void delete(Path file) {
        file.toFile().delete();
    }
}
