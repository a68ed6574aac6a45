package io.jvmmedic.cli.text;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

/** Where text goes, how wide it may be, and whether colour is welcome. */
public final class Terminal {

    static final int DEFAULT_WIDTH = 80;
    private static final int MIN_WIDTH = 40;
    private static final int MAX_WIDTH = 160;

    private final PrintStream out;
    private final PrintStream err;
    private final int width;
    private final boolean colour;

    Terminal(PrintStream out, PrintStream err, int width, boolean colour) {
        this.out = out;
        this.err = err;
        this.width = width;
        this.colour = colour;
    }

    /** The terminal of this process: {@code COLUMNS} for the width, {@code NO_COLOR} against colour. */
    public static Terminal of(PrintStream out, PrintStream err, Map<String, String> environment) {
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM")) && isTerminal();
        return new Terminal(out, err, width(environment.get("COLUMNS")), colour);
    }

    public int width() {
        return width;
    }

    public boolean colour() {
        return colour;
    }

    public String paint(Style style, String text) {
        return colour ? style.paint(text) : text;
    }

    /** A line as it is. */
    public void line(String text) {
        out.println(text);
    }

    /** A sentence, wrapped. */
    public void say(String text) {
        Words.wrap(text, width).forEach(out::println);
    }

    /** A heading on a line of its own. */
    public void heading(String text) {
        Words.wrap(text, width).forEach(line -> out.println(paint(Style.BOLD, line)));
    }

    /** {@code label  text}, the text wrapped and aligned; nothing when the text is empty. */
    public void field(int indent, int labelWidth, String label, String text) {
        field(indent, labelWidth, label, text, Style.PLAIN);
    }

    /** As {@link #field(int, int, String, String)}, the text in a style. */
    public void field(int indent, int labelWidth, String label, String text, Style style) {
        if (text.isBlank()) {
            return;
        }
        int textIndent = indent + labelWidth + 1;
        String head = " ".repeat(indent) + String.format("%-" + labelWidth + "s ", label);
        List<String> lines = Words.wrap(text, Math.max(MIN_WIDTH / 2, width - textIndent));
        for (String line : lines) {
            out.println(head + paint(style, line));
            head = " ".repeat(textIndent);
        }
    }

    /** One sentence about what went wrong, on stderr. */
    public void complain(String sentence) {
        Words.wrap("jvm-medic: " + sentence, width).forEach(err::println);
    }


    /** A further line to a complaint, as it is. */
    public void complainMore(String line) {
        err.println("  " + Words.clean(line));
    }

    private static int width(String columns) {
        try {
            return columns == null ? DEFAULT_WIDTH : Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Integer.parseInt(columns.trim())));
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }

    /** From JDK 22 on there is a console even where nobody sits at a terminal; it says so by a method of its own. */
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            Method method = Console.class.getMethod("isTerminal");
            return (boolean) method.invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
