package io.jvmmedic.cli.attach;

import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Puts the agent jar that this jar carries where the JVM can read it. The JVM keeps it open as long as it runs, so it
 * stays, named by its content: two versions live side by side, and the same one is written once.
 *
 * <p>Its folder must belong to us and be writable by nobody else: in a shared temp folder somebody could otherwise put a
 * jar of his own in our place, which the JVM would run.
 */
final class AgentJar {

    private static final String RESOURCE = "/jvm-medic-agent.jar";
    private static final int NAME_BYTES = 8;

    private AgentJar() {
    }

    /** Returns the path as the JVM sees it. */
    static Path placeFor(Jvm jvm) throws Failure {
        return place(content(), jvm, Path.of(System.getProperty("java.io.tmpdir")));
    }

    static Path place(byte[] jar, Jvm jvm, Path ownTemp) throws Failure {
        Proc process = new Proc(jvm.pid());
        // Among other mounts our temp folder may not exist; /tmp does, since the attach itself goes through it.
        Path temp = process.sharesMounts() ? real(ownTemp) : Path.of("/tmp");
        String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        Path inside = temp.resolve("jvm-medic-jar-" + user).resolve("jvm-medic-agent-" + hash(jar) + ".jar");
        Path outside = process.outside(inside);
        try {
            prepare(outside.getParent());
            if (!Files.isRegularFile(outside, LinkOption.NOFOLLOW_LINKS) || !Arrays.equals(Files.readAllBytes(outside), jar)) {
                write(outside, jar);
            }
            return inside;
        } catch (IOException e) {
            throw new Failure(ExitCode.INTERNAL_ERROR, "The agent jar cannot be written to " + outside + " (" + e
                    + "); set -Djava.io.tmpdir to a folder that this user may write and the JVM may read.", e);
        }
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            // Writing into it will say what is wrong.
            return folder.toAbsolutePath();
        }
    }

    private static byte[] content() throws Failure {
        try (InputStream in = AgentJar.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new Failure(ExitCode.INTERNAL_ERROR, "This jar carries no agent; use the jvm-medic.jar of the distribution.");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new Failure(ExitCode.INTERNAL_ERROR, "The agent inside this jar cannot be read (" + e + ").", e);
        }
    }

    private static void prepare(Path folder) throws IOException {
        if (!Files.isDirectory(folder.getParent(), LinkOption.NOFOLLOW_LINKS)) {
            // Under /proc/<pid>/root an absolute link would lead out of the container again.
            throw new IOException(folder.getParent() + " is a link or does not exist");
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(folder + " is a link or a file; remove it", e);
            }
        }
        if (!Permissions.known(folder)) {
            return;
        }
        Path probe = Files.createTempFile(folder, "probe", null);
        try {
            if (!Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe))) {
                throw new IOException(folder + " belongs to another user");
            }
        } finally {
            Files.delete(probe);
        }
        // The JVM may run as another user when root attaches; the jar holds no secret.
        Permissions.set(folder, "rwxr-xr-x");
    }

    private static void write(Path file, byte[] jar) throws IOException {
        Path draft = Files.createTempFile(file.getParent(), "agent", ".tmp");
        try {
            Files.write(draft, jar);
            Permissions.set(draft, "rw-r--r--");
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static String hash(byte[] jar) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(jar);
            return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
