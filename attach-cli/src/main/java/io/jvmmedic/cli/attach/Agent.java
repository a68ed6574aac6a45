package io.jvmmedic.cli.attach;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.jvmmedic.cli.ExitCode;
import io.jvmmedic.cli.Failure;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The agent in one JVM. Asked through its mailbox, a folder of its user, which prints no warning into the JVM's output;
 * only where it has none, through one more attach.
 */
public final class Agent implements AutoCloseable {

    private static final Gson GSON = new Gson();
    private static final long POLL_MILLIS = 20;
    private static final long SLOW_POLL_MILLIS = 200;
    /** A JVM that does not answer by then is not waited for while all are looked at. */
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(3);

    private final Attachment attachment;
    private final String version;
    /** Where the last request went; {@code null} for none. */
    private Path mailbox;

    private Agent(Attachment attachment, String version) {
        this.attachment = attachment;
        this.version = version;
    }

    /** @param version of the agent; empty for none, or when the JVM could not be asked */
    public record Seen(Jvm jvm, String version, String java, String problem) {
    }

    /** Looks into all JVMs, at the same time, without loading anything into them. */
    public static List<Seen> look() throws Failure {
        List<Jvm> jvms = Jvms.all();
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "look");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<Seen>> looks = new ArrayList<>();
            jvms.forEach(jvm -> looks.add(threads.submit((Callable<Seen>) () -> look(jvm))));
            long deadline = System.nanoTime() + LOOK_LIMIT.toNanos();
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < jvms.size(); i++) {
                seen.add(result(jvms.get(i), looks.get(i), deadline));
            }
            return seen;
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Opens the agent.
     *
     * @param target a pid or a name; {@code null} for the only JVM that runs the agent
     */
    public static Agent open(String target) throws Failure {
        Attachment attachment = Attachment.to(target == null ? onlyOne() : Jvms.find(target));
        try {
            String version = attachment.agentVersion().orElseThrow(() -> new Failure(ExitCode.NO_AGENT,
                    attachment.jvm() + " runs no agent; start one with 'jvm-medic attach " + attachment.jvm().pid() + "'."));
            return new Agent(attachment, version);
        } catch (Failure e) {
            attachment.close();
            throw e;
        }
    }

    /**
     * Starts the agent in a JVM and waits until it has announced itself.
     *
     * @param options as for {@code -javaagent}; may be empty
     * @return false when it ran already
     */
    public static boolean start(Attachment attachment, String options, Duration timeout) throws Failure {
        if (attachment.agentVersion().isPresent()) {
            return false;
        }
        attachment.load(AgentJar.placeFor(attachment.jvm()), options);
        Jvm jvm = attachment.jvm();
        await(jvm, timeout, SLOW_POLL_MILLIS, () -> attachment.agentVersion().isPresent() ? Boolean.TRUE : null,
                () -> new Failure(ExitCode.REFUSED, jvm + " has loaded the agent, but it did not start within "
                        + timeout.toSeconds() + " s; the JVM's stderr says why."));
        return true;
    }

    public Jvm jvm() {
        return attachment.jvm();
    }

    public String version() {
        return version;
    }

    /** Asks and returns the answer's data. */
    public JsonElement ask(String verb, Map<String, String> arguments, Duration timeout) throws Failure {
        String id = UUID.randomUUID().toString();
        mailbox = attachment.mailbox().orElse(null);
        // A full disk or other rights can close the mailbox; the attach itself still works then.
        boolean sent = mailbox != null && send(id, verb, arguments);
        return data(sent ? receive(id, timeout) : byAttach(id, verb, arguments, timeout));
    }

    /** Waits until the agent has taken its announcement down. */
    public void awaitGone(Duration timeout) throws Failure {
        await(jvm(), timeout, SLOW_POLL_MILLIS, () -> attachment.agentVersion().isEmpty() ? Boolean.TRUE : null,
                () -> new Failure(ExitCode.NO_ANSWER, "The agent in " + jvm() + " has not let go within " + timeout.toSeconds()
                        + " s; the JVM's stderr says how far it came."));
        if (mailbox != null) {
            // Our own reply lay in it when the agent wanted to remove it.
            mailbox.toFile().delete();
        }
    }

    @Override
    public void close() {
        attachment.close();
    }

    /** Returns false when the mailbox does not take it: nothing has been asked then. */
    private boolean send(String id, String verb, Map<String, String> arguments) {
        JsonObject request = new JsonObject();
        request.addProperty("verb", verb);
        request.add("args", GSON.toJsonTree(arguments));
        Path draft = mailbox.resolve(id + ".tmp");
        try {
            Files.writeString(draft, GSON.toJson(request), StandardCharsets.UTF_8);
            // Root may ask the agent of another user, who must be able to read it; the folder itself is closed.
            Permissions.set(draft, "rw-r--r--");
            Files.move(draft, mailbox.resolve(id + ".request"), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            draft.toFile().delete();
            return false;
        }
    }

    private String receive(String id, Duration timeout) throws Failure {
        Path reply = mailbox.resolve(id + ".reply");
        try {
            await(jvm(), timeout, POLL_MILLIS, () -> Files.exists(reply) ? Boolean.TRUE : null, () -> noAnswer(timeout));
            return Files.readString(reply, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Failure(ExitCode.NOT_PERMITTED, "The agent's answer cannot be read (" + e
                    + "); run this command as the user the JVM runs as.", e);
        } catch (Failure e) {
            // An answer that could not be written, the disk being full, hangs on the notice board.
            Optional<String> elsewhere = e.code() == ExitCode.NO_ANSWER ? attachment.reply(id) : Optional.empty();
            return elsewhere.orElseThrow(() -> e);
        } finally {
            mailbox.resolve(id + ".request").toFile().delete();
            reply.toFile().delete();
        }
    }

    private String byAttach(String id, String verb, Map<String, String> arguments, Duration timeout) throws Failure {
        StringBuilder options = new StringBuilder("command=" + verb);
        arguments.forEach((name, value) ->
                options.append(',').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        attachment.load(AgentJar.placeFor(jvm()), options + ",reply=" + id);
        return await(jvm(), timeout, SLOW_POLL_MILLIS, () -> attachment.reply(id).orElse(null), () -> noAnswer(timeout));
    }

    private Failure noAnswer(Duration timeout) {
        return new Failure(ExitCode.NO_ANSWER, "The agent in " + jvm() + " did not answer within " + timeout.toSeconds()
                + " s; the JVM may be frozen or very busy, try again with a longer --timeout.");
    }

    private static JsonElement data(String answer) throws Failure {
        JsonObject parsed;
        try {
            parsed = JsonParser.parseString(answer).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new Failure(ExitCode.INTERNAL_ERROR, "The agent's answer is not understood (" + e.getMessage() + ").", e);
        }
        if (parsed.get("ok").getAsBoolean()) {
            return parsed.get("data");
        }
        throw new Failure(ExitCode.of(parsed.get("code").getAsInt()), parsed.get("error").getAsString());
    }

    private static Jvm onlyOne() throws Failure {
        List<Seen> seen = look();
        List<Jvm> with = seen.stream().filter(one -> !one.version().isEmpty()).map(Seen::jvm).toList();
        if (with.isEmpty()) {
            throw new Failure(ExitCode.NO_AGENT, "None of the " + seen.size()
                    + " JVMs that can be attached to runs the agent; start one with 'jvm-medic attach <pid|name>'.");
        }
        if (with.size() > 1) {
            throw Jvms.ambiguous(with.size() + " JVMs run the agent, say which by its pid:", with);
        }
        return with.get(0);
    }

    private static Seen look(Jvm jvm) {
        try (Attachment attachment = Attachment.to(jvm)) {
            return new Seen(jvm, attachment.agentVersion().orElse(""),
                    attachment.systemProperty("java.version").orElse(""), "");
        } catch (Failure e) {
            return new Seen(jvm, "", "", e.getMessage());
        }
    }

    private static Seen result(Jvm jvm, Future<Seen> look, long deadline) throws Failure {
        try {
            return look.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Seen(jvm, "", "", jvm + " does not answer.");
        } catch (ExecutionException e) {
            return new Seen(jvm, "", "", e.getCause().toString());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        /** {@code null} for not yet. */
        T ask() throws Failure;
    }

    @FunctionalInterface
    private interface Complaint {
        Failure make();
    }

    private static <T> T await(Jvm jvm, Duration timeout, long pollMillis, Question<T> question, Complaint complaint)
            throws Failure {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            T answer = question.ask();
            if (answer != null) {
                return answer;
            }
            if (ProcessHandle.of(jvm.pid()).isEmpty()) {
                throw new Failure(ExitCode.NO_PROCESS, jvm + " ended before it answered.");
            }
            if (System.nanoTime() > deadline) {
                throw complaint.make();
            }
            try {
                Thread.sleep(pollMillis);
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    private static Failure interrupted() {
        Thread.currentThread().interrupt();
        return new Failure(ExitCode.INTERNAL_ERROR, "Interrupted.");
    }
}
