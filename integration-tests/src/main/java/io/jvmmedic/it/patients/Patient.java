package io.jvmmedic.it.patients;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A program that a scenario forks, breaks and watches. It obeys a line protocol: it prints {@code READY}, answers each
 * line on stdin by one line, {@code OK <text>} or {@code ERR <text>}, and prints {@code BYE} as its last act before
 * {@code main} returns. Whatever else appears on stdout was not printed by the patient, which is how the harness knows.
 *
 * <p>Every thread of a patient is a daemon: once {@code main} has returned, only the agent could keep the JVM alive.
 *
 * <p>{@code java.management} is not used: some scenarios run without it, others watch who initialises it first.
 */
public abstract class Patient {

    /** Answers one command. */
    @FunctionalInterface
    protected interface Command {
        String answer(String argument) throws Exception;
    }

    private final Map<String, Command> commands = new TreeMap<>();
    private final PrintStream out = System.out;

    protected Patient() {
        on("threads", ignored -> threads());
        on("visible", Patient::visible);
        on("origin", Patient::origin);
        on("gc", ignored -> {
            System.gc();
            return "";
        });
    }

    /** Opens resources and starts the load. */
    protected abstract void open() throws Exception;

    /** Closes resources; a fault that was never repaired must not make it hang. */
    protected void close() throws Exception {
    }

    protected final void on(String word, Command command) {
        commands.put(word, command);
    }

    /** Serves until {@code stop} or the end of stdin, so that an orphan ends when its parent does. */
    protected final void serve() throws Exception {
        open();
        say("READY");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("stop"); line = in.readLine()) {
            say(answer(line));
        }
        close();
        say("BYE");
    }

    /** Starts a daemon thread. */
    protected static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private String answer(String line) {
        int space = line.indexOf(' ');
        String word = space < 0 ? line : line.substring(0, space);
        Command command = commands.get(word);
        if (command == null) {
            return "ERR no command " + word + ", there are " + commands.keySet();
        }
        try {
            return ("OK " + command.answer(space < 0 ? "" : line.substring(space + 1))).strip();
        } catch (Exception | LinkageError e) {
            return "ERR " + e.toString().replace('\n', ' ');
        }
    }

    private void say(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private static String threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replace(' ', '_') + (thread.isDaemon() ? ":daemon" : ":user"))
                .sorted().collect(Collectors.joining(" "));
    }

    private static String visible(String className) {
        try {
            Class<?> found = Class.forName(className, false, ClassLoader.getSystemClassLoader());
            return "yes " + found.getClassLoader();
        } catch (ClassNotFoundException e) {
            return "no";
        }
    }

    private static String origin(String className) throws ClassNotFoundException {
        return String.valueOf(Class.forName(className).getProtectionDomain().getCodeSource().getLocation());
    }
}
