package io.jvmmedic.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One run of the command line inside this JVM. */
public record Cli(int code, String out, String err) {

    public static Cli run(String... arguments) {
        return run(Map.of(), arguments);
    }

    public static Cli run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = JvmMedic.run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), environment);
        return new Cli(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The longest line of both outputs. */
    public int width() {
        return (out + err).lines().mapToInt(String::length).max().orElse(0);
    }

    /** Both outputs with wrapped lines joined, for a search. */
    public String flat() {
        return (out + err).replaceAll("\\s+", " ");
    }

    @Override
    public String toString() {
        return "exit " + code + "\n" + out + err;
    }
}
