package io.jvmmedic.cli.attach;

import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Failure;
import java.util.Optional;

/**
 * Looks before anybody knocks. Attaching begins with a SIGQUIT, and a process that does not handle it dies of it: a
 * mistyped pid must not kill a database. The JDK itself looks from 21 on only.
 */
final class Safety {

    private static final int ROOT = 0;
    /** Seen to attach to a JVM that has a {@code /tmp} but no pid of its own; 17.0.15 does not, those between were not tried. */
    private static final int FINDS_PRIVATE_TEMP = 25;

    private Safety() {
    }

    /**
     * @param listed whether the JDK lists it among the JVMs that may be attached to
     * @throws Failure when attaching would hurt, cannot work or is not permitted
     */
    static void check(Jvm jvm, boolean listed) throws Failure {
        if (ProcessHandle.of(jvm.pid()).isEmpty()) {
            throw new Failure(ExitCode.NO_PROCESS,
                    "There is no process " + jvm.pid() + "; 'jvm-medic list' shows the JVMs that run.");
        }
        if (jvm.pid() == ProcessHandle.current().pid()) {
            throw new Failure(ExitCode.USAGE, "Process " + jvm.pid() + " is this command itself; give the pid of another JVM.");
        }
        if (Proc.available()) {
            onLinux(jvm, new Proc(jvm.pid()), listed);
        } else if (!listed) {
            throw new Failure(ExitCode.NOT_A_JVM, "Process " + jvm.pid() + " is no JVM of this user that can be attached to; "
                    + "'jvm-medic list' shows those that can.");
        }
    }

    private static void onLinux(Jvm jvm, Proc process, boolean listed) throws Failure {
        if (process.state().orElse('R') == 'Z') {
            throw new Failure(ExitCode.NO_PROCESS, "Process " + jvm.pid() + " has ended; only its entry is left.");
        }
        Optional<Integer> owner = process.uid();
        Optional<Integer> own = Proc.ownUid();
        if (owner.isPresent() && own.isPresent() && own.get() != ROOT && !owner.equals(own)) {
            throw new Failure(ExitCode.NOT_PERMITTED, "Process " + jvm.pid() + " belongs to the user with uid " + owner.get()
                    + ", and you have uid " + own.get() + "; run this command as that user (sudo -u '#" + owner.get() + "').");
        }
        String maps = process.maps().orElse("");
        if (maps.contains("libj9vm")) {
            throw new Failure(ExitCode.NOT_A_JVM, "Process " + jvm.pid() + " is an OpenJ9 JVM; JVM Medic needs a HotSpot JVM.");
        }
        if (!listed && !maps.contains("/libjvm.so")) {
            throw new Failure(ExitCode.NOT_A_JVM, "Process " + jvm.pid() + " (" + process.program()
                    + ") is not a HotSpot JVM; 'jvm-medic list' shows the JVMs that run.");
        }
        if (process.state().orElse('R') == 'T') {
            throw new Failure(ExitCode.NO_ANSWER, jvm + " is stopped; let it go on with 'kill -CONT " + jvm.pid() + "'.");
        }
        if (!process.sharesMounts() && !process.isInPidNamespace() && Runtime.version().feature() < FINDS_PRIVATE_TEMP) {
            // The JDK looks for the socket in our /tmp, and knocks on and on: each knock is a thread dump in the host's output.
            throw new Failure(ExitCode.NO_ANSWER, jvm + " has other mounts than this command (a private /tmp), where Java "
                    + Runtime.version().feature() + " cannot attach; use 'nsenter -t " + jvm.pid()
                    + " -m' before this command, or the java of a JDK " + FINDS_PRIVATE_TEMP + ".");
        }
        if (!process.catchesSigQuit().orElse(true) && !process.listensForAttach()) {
            throw new Failure(ExitCode.LOADING_DISABLED, jvm + " does not handle SIGQUIT, so attaching would kill it: try again "
                    + "if it is just starting, else restart it without -Xrs and -XX:+DisableAttachMechanism.");
        }
        if (process.commandLine().contains("+DisableAttachMechanism")) {
            throw new Failure(ExitCode.LOADING_DISABLED, jvm + " cannot be attached to; restart it without "
                    + "-XX:+DisableAttachMechanism, or with -javaagent:jvm-medic-agent.jar.");
        }
    }
}
