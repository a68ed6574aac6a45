package io.jvmmedic.core.control;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The agent's notice board: the VM's <em>agent properties</em>, which anybody who may attach can read without loading
 * anything into the VM, so also without the warning that JDK 21 and later print for that. System properties would show
 * up in the host's own dumps of them. Thread-safe.
 */
public final class AgentProperties {

    /** Version of the running agent; absent while none runs. */
    static final String VERSION = "jvmmedic.version";
    /** Folder of the {@link Mailbox}; absent when none could be made. */
    static final String MAILBOX = "jvmmedic.mailbox";
    /** Start of the key of a reply that has no mailbox to go to. */
    static final String REPLY = "jvmmedic.reply.";

    private static final String INTERNAL_PACKAGE = "jdk.internal.vm";
    /** Nobody tells us when a reply was read; a client reads its own within seconds. */
    private static final int KEPT_REPLIES = 8;

    private final Properties board;
    private final Deque<String> replies = new ArrayDeque<>();

    AgentProperties(Properties board) {
        this.board = board;
    }

    /**
     * Opens the board; where this VM has none, what is put up goes nowhere and the command line cannot reach the agent.
     *
     * @param warnings gets one sentence when it cannot be opened
     */
    public static AgentProperties open(Instrumentation instrumentation, Consumer<String> warnings) {
        try {
            Module base = Object.class.getModule();
            instrumentation.redefineModule(base, Set.of(), Map.of(),
                    Map.of(INTERNAL_PACKAGE, Set.of(AgentProperties.class.getModule())), Set.of(), Map.of());
            return new AgentProperties((Properties) Class.forName(INTERNAL_PACKAGE + ".VMSupport")
                    .getMethod("getAgentProperties").invoke(null));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
            warnings.accept("the command line cannot reach this agent: the VM has no agent properties (" + cause + ")");
            return new AgentProperties(new Properties());
        }
    }

    /** @param mailbox {@code null} when there is none; requests then come as options of an attach */
    public synchronized void announce(String version, Path mailbox) {
        if (mailbox != null) {
            board.setProperty(MAILBOX, mailbox.toAbsolutePath().toString());
        }
        board.setProperty(VERSION, version);
    }

    /** Puts a reply up for one client. */
    synchronized void reply(String id, String json) {
        String key = REPLY + id;
        board.setProperty(key, json);
        replies.addLast(key);
        if (replies.size() > KEPT_REPLIES) {
            board.remove(replies.removeFirst());
        }
    }

    /** Takes everything down except replies not yet read; the last step of a detach. */
    public synchronized void withdraw() {
        board.remove(MAILBOX);
        board.remove(VERSION);
    }
}
