package io.jvmmedic.cli.attach;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** An open way into one JVM. Not thread-safe. */
public final class Attachment implements AutoCloseable {

    private static final String VERSION = "jvmmedic.version";
    private static final String MAILBOX = "jvmmedic.mailbox";
    private static final String REPLY = "jvmmedic.reply.";

    private final Jvm jvm;
    private final VirtualMachine machine;

    private Attachment(Jvm jvm, VirtualMachine machine) {
        this.jvm = jvm;
        this.machine = machine;
    }

    /** Attaches, after looking whether that can hurt; may take ten seconds where the JVM does not answer. */
    public static Attachment to(Jvm jvm) throws Failure {
        Jvms.requireAttachModule();
        Safety.check(jvm, Jvms.isListed(jvm.pid()));
        try {
            return new Attachment(jvm, VirtualMachine.attach(Long.toString(jvm.pid())));
        } catch (AttachNotSupportedException e) {
            throw notSupported(jvm, e);
        } catch (IOException e) {
            throw failed(jvm, e);
        }
    }

    public Jvm jvm() {
        return jvm;
    }

    /** Version of the agent that runs in it; empty when none does. Loads nothing into the JVM. */
    public Optional<String> agentVersion() throws Failure {
        return property(VERSION);
    }

    /** The agent's mailbox as this process sees it; empty when it has none. */
    Optional<Path> mailbox() throws Failure {
        return property(MAILBOX).map(path -> new Proc(jvm.pid()).outside(Path.of(path)));
    }

    Optional<String> reply(String id) throws Failure {
        return property(REPLY + id);
    }

    /** A system property of the JVM; empty when it has none of that name. */
    public Optional<String> systemProperty(String name) throws Failure {
        try {
            return Optional.ofNullable(machine.getSystemProperties().getProperty(name));
        } catch (IOException e) {
            throw failed(jvm, e);
        }
    }

    /** Loads the agent, or hands {@code options} to the one that runs. */
    void load(Path jarInside, String options) throws Failure {
        try {
            machine.loadAgent(jarInside.toString(), options);
        } catch (AgentLoadException e) {
            throw notLoaded(e);
        } catch (AgentInitializationException e) {
            throw new Failure(ExitCode.REFUSED, jvm + " could not start the agent (" + e.getMessage()
                    + "); its stderr says why.", e);
        } catch (IOException e) {
            if (loadingDisabled(e)) {
                throw notLoaded(e);
            }
            throw failed(jvm, e);
        }
    }

    @Override
    public void close() {
        try {
            machine.detach();
        } catch (IOException e) {
            // The JVM ended: there is nothing to let go of.
        }
    }

    private Optional<String> property(String name) throws Failure {
        try {
            Properties properties = machine.getAgentProperties();
            return Optional.ofNullable(properties.getProperty(name));
        } catch (IOException e) {
            throw failed(jvm, e);
        }
    }

    private Failure notLoaded(Exception e) {
        return loadingDisabled(e)
                ? new Failure(ExitCode.LOADING_DISABLED, jvm + " forbids loading agents; restart it without "
                        + "-XX:-EnableDynamicAgentLoading, or with -javaagent:jvm-medic-agent.jar.", e)
                : new Failure(ExitCode.REFUSED, jvm + " could not load the agent (" + e.getMessage() + ").", e);
    }

    private static boolean loadingDisabled(Exception e) {
        return String.valueOf(e.getMessage()).contains("Dynamic agent loading is not enabled");
    }

    private static Failure notSupported(Jvm jvm, AttachNotSupportedException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("does not support the attach mechanism")
                ? new Failure(ExitCode.LOADING_DISABLED, jvm + " cannot be attached to; restart it without "
                        + "-XX:+DisableAttachMechanism, or with -javaagent:jvm-medic-agent.jar.", e)
                : new Failure(ExitCode.NO_ANSWER, jvm + " does not answer the attach request; it may hang or be very busy, "
                        + "try again, and look at it with the system's own tools if that fails too.", e);
    }

    private static Failure failed(Jvm jvm, IOException e) {
        if (ProcessHandle.of(jvm.pid()).isEmpty()) {
            return new Failure(ExitCode.NO_PROCESS, jvm + " has ended meanwhile.", e);
        }
        String message = String.valueOf(e.getMessage());
        boolean rights = message.contains("ermi") || message.contains("not secure") || message.contains("owned by");
        return rights
                ? new Failure(ExitCode.NOT_PERMITTED, jvm + " refuses this user (" + message
                        + "); run this command as the user the JVM runs as, with the same group.", e)
                : new Failure(ExitCode.NO_ANSWER, jvm + " cannot be reached (" + message + "); try again.", e);
    }
}
