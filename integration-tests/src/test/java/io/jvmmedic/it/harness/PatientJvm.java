package io.jvmmedic.it.harness;

import com.sun.tools.attach.VirtualMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** A forked patient: talks its line protocol, collects what it prints, and has a {@link Witness}. */
public final class PatientJvm implements AutoCloseable {

    /** Wide, because a loaded build machine is no reason to fail; nothing waits this long when all is well. */
    private static final Duration START_DEADLINE = Duration.ofSeconds(180);
    private static final Duration REPLY_DEADLINE = Duration.ofSeconds(120);
    /** The promise: once main has returned, nothing of ours keeps the JVM alive. The recording is written meanwhile. */
    private static final Duration EXIT_DEADLINE = Duration.ofSeconds(120);
    private static final Duration RATE_WINDOW = Duration.ofSeconds(2);
    /** The machine may pause for one; who is down stays down. */
    private static final int STANDSTILL_WINDOWS = 2;
    private static final String AGENT_PREFIX = "[jvm-medic]";

    private final PatientSpec spec;
    private final Process process;
    private final Writer stdin;
    private final Witness witness;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch bye = new CountDownLatch(1);
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    private final List<String> strayOutput = new CopyOnWriteArrayList<>();
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private final Thread outReader;
    private final Thread errReader;
    private volatile List<String> threads = List.of();

    private PatientJvm(PatientSpec spec, Process process, Witness witness) {
        this.spec = spec;
        this.process = process;
        this.witness = witness;
        stdin = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        outReader = reader(process.getInputStream(), "stdout", this::stdoutLine);
        errReader = reader(process.getErrorStream(), "stderr", stderr::add);
    }

    /** Starts the child and returns at once. */
    public static PatientJvm launch(PatientSpec spec) {
        try {
            Path home = freshRun(spec.directory());
            Witness witness = new Witness(home);
            List<String> line = spec.commandLine(witness);
            Files.write(home.resolve("command-line.txt"), line);
            ProcessBuilder builder = new ProcessBuilder(line).directory(home.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            builder.environment().remove("JDK_JAVA_OPTIONS");
            builder.environment().keySet().removeIf(name -> name.startsWith("JVMMEDIC_"));
            builder.environment().putAll(spec.environment());
            return new PatientJvm(spec, builder.start(), witness);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the child and waits until it is ready and, when it is to have one, its agent is at work. */
    public static PatientJvm fork(PatientSpec spec) {
        PatientJvm jvm = launch(spec);
        try {
            jvm.awaitReady();
            if (spec.witnessed() && spec.attach() != Attach.NONE) {
                jvm.witness.watch();
            }
            if (spec.attach() == Attach.HOT) {
                jvm.attach(spec.options());
            }
            if (spec.witnessed() && spec.attach() != Attach.NONE) {
                jvm.witness.await(START_DEADLINE, "AgentHealth", row -> true);
            }
            return jvm;
        } catch (RuntimeException | Error e) {
            e.addSuppressed(new AssertionError("the child wrote: " + jvm.stderr));
            jvm.close();
            throw e;
        }
    }

    public void awaitReady() {
        Awaitility.await("READY of the child, which wrote " + stderr).atMost(START_DEADLINE)
                .until(() -> ready.getCount() == 0 || !process.isAlive());
        if (ready.getCount() > 0) {
            awaitOutputEnd();
            throw new AssertionError("the child ended with " + process.exitValue() + " and wrote " + stderr);
        }
    }

    public PatientSpec spec() {
        return spec;
    }

    public long pid() {
        return process.pid();
    }

    public Witness witness() {
        return witness;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Attaches the agent jar from outside, as the command line does. */
    public void attach(String options) {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid()));
            try {
                machine.loadAgent(spec.agent().toString(), options);
            } finally {
                machine.detach();
            }
        } catch (Exception e) {
            throw new AssertionError("hot attach to " + pid() + " failed; the child wrote " + stderr, e);
        }
    }

    /** Sends one command and returns what follows {@code OK}. */
    public String ask(String command) {
        try {
            replies.clear();
            stdin.write(command + "\n");
            stdin.flush();
            String reply = replies.poll(REPLY_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (reply == null || !reply.startsWith("OK")) {
                throw new AssertionError(command + " was answered by " + reply + "; the child wrote " + stderr);
            }
            return reply.substring(2).strip();
        } catch (IOException e) {
            throw new AssertionError(command + " could not be sent; the child wrote " + stderr, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Requests done per second over the next two seconds of the child's clock. */
    public double rate() {
        Status before = Status.parse(ask("status"));
        passWindow();
        Status after = Status.parse(ask("status"));
        return (after.done() - before.done()) * 1e9 / (after.nanos() - before.nanos());
    }

    /** As {@link #rate()}, for each of several services beside each other, which are told apart by {@code status}. */
    public Map<String, Double> rates(Collection<String> services) {
        Map<String, Status> before = statuses(services);
        passWindow();
        Map<String, Double> rates = new TreeMap<>();
        statuses(services).forEach((name, after) -> rates.put(name, (after.done() - before.get(name).done()) * 1e9
                / (after.nanos() - before.get(name).nanos())));
        return rates;
    }

    /** The services of a patient that has several. */
    public List<String> services() {
        return List.of(ask("pools").split(" "));
    }

    /** Waits until each of these services has had nine tenths of that throughput for two seconds in a row. */
    public void awaitNinetyPercent(Map<String, Double> before) {
        Set<String> missing = new TreeSet<>(before.keySet());
        Map<String, Double> now = Map.of();
        for (long end = System.nanoTime() + Story.SOON.toNanos(); System.nanoTime() < end && !missing.isEmpty(); ) {
            now = rates(missing);
            now.forEach((name, rate) -> {
                if (rate >= 0.9 * before.get(name)) {
                    missing.remove(name);
                }
            });
        }
        if (!missing.isEmpty()) {
            throw new AssertionError("throughput is " + now + ", it was " + before + "; "
                    + missing.stream().map(name -> name + " " + ask("status " + name)).toList() + "; the story:\n"
                    + witness.story());
        }
    }

    /** Waits until each of these services has less than a tenth of that throughput for some seconds in a row. */
    public void awaitStandstill(Map<String, Double> before) {
        Map<String, Double> now = Map.of();
        int down = 0;
        for (long end = System.nanoTime() + Story.SOON.toNanos(); System.nanoTime() < end && down < STANDSTILL_WINDOWS; ) {
            now = rates(before.keySet());
            down = now.entrySet().stream().allMatch(rate -> rate.getValue() < 0.1 * before.get(rate.getKey())) ? down + 1 : 0;
        }
        if (down < STANDSTILL_WINDOWS) {
            throw new AssertionError("throughput is " + now + ", it was " + before + "; the story:\n" + witness.story());
        }
    }

    /** As {@link #awaitStandstill(Map)}, for a patient with one service. */
    public void awaitStandstill(double before) {
        awaitStandstill(Map.of("", before));
    }

    private static void passWindow() {
        try {
            Thread.sleep(RATE_WINDOW.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Map<String, Status> statuses(Collection<String> services) {
        Map<String, Status> statuses = new TreeMap<>();
        services.forEach(name -> statuses.put(name, Status.parse(ask("status " + name))));
        return statuses;
    }

    /** Waits until two seconds in a row have at least that throughput, and returns it. */
    public double awaitRate(double atLeast, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        double best = 0;
        while (System.nanoTime() < end) {
            double rate = rate();
            best = Math.max(best, rate);
            if (rate >= atLeast) {
                return rate;
            }
        }
        throw new AssertionError("throughput came to " + best + "/s, expected " + atLeast + "/s within " + deadline
                + ", now " + ask("status") + "; the story:\n" + witness.story());
    }

    /** Asks what only a living child can answer, then lets {@code main} return and waits for the exit. */
    public int stop() {
        try {
            threads = List.of(ask("threads").split(" "));
            stdin.write("stop\n");
            stdin.flush();
        } catch (IOException e) {
            throw new AssertionError("the child ended before it was told to; it wrote " + stderr, e);
        }
        try {
            if (!bye.await(REPLY_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("main did not return; threads were " + threads);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return awaitExit(EXIT_DEADLINE);
    }

    /** Waits for an end that the child brings about by itself. */
    public int awaitExit(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the child still runs after " + deadline + "; it wrote " + stderr
                        + "; the story:\n" + witness.story());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        awaitOutputEnd();
        return process.exitValue();
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(REPLY_DEADLINE);
    }

    /** Thread names with {@code :daemon} or {@code :user}, as they were when {@link #stop()} was called. */
    public List<String> threads() {
        return threads;
    }

    public List<String> stderr() {
        return List.copyOf(stderr);
    }

    /** What the agent itself wrote. */
    public List<String> agentLines() {
        return stderr.stream().filter(line -> line.startsWith(AGENT_PREFIX)).toList();
    }

    /** What appeared on stdout and is not of the patient's protocol. */
    public List<String> strayOutput() {
        return List.copyOf(strayOutput);
    }

    @Override
    public void close() {
        witness.close();
        process.destroyForcibly();
    }

    private void stdoutLine(String line) {
        if (line.equals("READY")) {
            ready.countDown();
        } else if (line.equals("BYE")) {
            bye.countDown();
        } else if (line.startsWith("OK") || line.startsWith("ERR")) {
            replies.add(line);
        } else {
            strayOutput.add(line);
        }
    }

    private void awaitOutputEnd() {
        try {
            outReader.join(REPLY_DEADLINE.toMillis());
            errReader.join(REPLY_DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread reader(InputStream from, String name, Consumer<String> to) {
        Thread thread = new Thread(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    to.accept(line);
                }
            } catch (IOException e) {
                to.accept("(" + name + " broke: " + e + ")");
            }
        }, "child-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static Path freshRun(Path directory) throws IOException {
        for (int run = 1; ; run++) {
            Path home = directory.resolve("run-" + run);
            if (!Files.exists(home)) {
                return Files.createDirectories(home);
            }
        }
    }
}
