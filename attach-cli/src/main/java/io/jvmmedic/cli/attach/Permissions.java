package io.jvmmedic.cli.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Permissions where the system has them. By the view, not by {@code Files.getFileStore}: that one resolves
 * {@code /proc/<pid>/root} and then looks for the file among our own mounts.
 */
final class Permissions {

    private Permissions() {
    }

    static boolean known(Path file) {
        return view(file) != null;
    }

    /** Does nothing where there are none. */
    static void set(Path file, String permissions) throws IOException {
        PosixFileAttributeView view = view(file);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString(permissions));
        }
    }

    private static PosixFileAttributeView view(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
