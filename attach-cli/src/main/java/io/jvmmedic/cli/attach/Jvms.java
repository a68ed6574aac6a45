package io.jvmmedic.cli.attach;

import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Failure;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The JVMs of this machine that can be attached to. */
public final class Jvms {

    private Jvms() {
    }

    /** All but this one, by pid. */
    public static List<Jvm> all() throws Failure {
        requireAttachModule();
        long self = ProcessHandle.current().pid();
        return VirtualMachine.list().stream()
                .filter(descriptor -> descriptor.id().matches("\\d{1,18}"))
                .map(Jvms::of).filter(jvm -> jvm.pid() != self)
                .sorted(Comparator.comparingLong(Jvm::pid)).toList();
    }

    /** @param target a pid, or a part of the name of a main class or jar that only one JVM has */
    public static Jvm find(String target) throws Failure {
        List<Jvm> all = all();
        if (target.matches("\\d{1,18}")) {
            long pid = Long.parseLong(target);
            return all.stream().filter(jvm -> jvm.pid() == pid).findFirst().orElse(new Jvm(pid, ""));
        }
        String wanted = target.toLowerCase(Locale.ROOT);
        List<Jvm> found = all.stream().filter(jvm -> jvm.main().toLowerCase(Locale.ROOT).contains(wanted)).toList();
        if (found.isEmpty()) {
            throw new Failure(ExitCode.NO_PROCESS,
                    "No JVM runs a main class or jar with '" + target + "' in its name; 'jvm-medic list' shows those that run.");
        }
        if (found.size() > 1) {
            throw ambiguous("'" + target + "' fits " + found.size() + " JVMs, give one of their pids:", found);
        }
        return found.get(0);
    }

    /** More than one JVM could be meant; the message is a sentence and a numbered list. */
    static Failure ambiguous(String sentence, List<Jvm> candidates) {
        return new Failure(ExitCode.USAGE, sentence + IntStream.range(0, candidates.size())
                .mapToObj(i -> "\n" + (i + 1) + ". " + candidates.get(i).pid() + "  " + candidates.get(i).main())
                .collect(Collectors.joining()));
    }

    static boolean isListed(long pid) {
        return VirtualMachine.list().stream().anyMatch(descriptor -> descriptor.id().equals(Long.toString(pid)));
    }

    static void requireAttachModule() throws Failure {
        if (ModuleLayer.boot().findModule("jdk.attach").isEmpty()) {
            throw new Failure(ExitCode.INTERNAL_ERROR, "This Java (" + System.getProperty("java.home")
                    + ") is a runtime without the attach module; run jvm-medic.jar with the java of a JDK.");
        }
    }

    private static Jvm of(VirtualMachineDescriptor descriptor) {
        return new Jvm(Long.parseLong(descriptor.id()), descriptor.displayName());
    }
}
