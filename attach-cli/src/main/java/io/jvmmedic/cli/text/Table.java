package io.jvmmedic.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Columns under headings. The columns that may be long share what is left of the line and wrap inside it. */
public final class Table {

    private static final String GAP = "  ";
    private static final int MIN_LONG = 8;

    private final String[] headings;
    private final boolean[] numeric;
    private final boolean[] mayBeLong;
    private final List<String[]> rows = new ArrayList<>();

    /** @param headings {@code >NAME} aligns right, {@code NAME*} may be long and wraps */
    public Table(String... headings) {
        this.headings = new String[headings.length];
        this.numeric = new boolean[headings.length];
        this.mayBeLong = new boolean[headings.length];
        for (int i = 0; i < headings.length; i++) {
            numeric[i] = headings[i].startsWith(">");
            mayBeLong[i] = headings[i].endsWith("*");
            this.headings[i] = headings[i].replace(">", "").replace("*", "");
        }
    }

    public Table row(Object... cells) {
        rows.add(Arrays.stream(cells).map(cell -> Words.clean(String.valueOf(cell))).toArray(String[]::new));
        return this;
    }

    public void print(Terminal terminal) {
        int[] widths = widths(terminal.width());
        for (String line : lines(headings, widths)) {
            terminal.line(terminal.paint(Style.BOLD, line));
        }
        for (String[] row : rows) {
            lines(row, widths).forEach(terminal::line);
        }
    }

    private int[] widths(int total) {
        int[] widths = IntStream.range(0, headings.length).map(this::natural).toArray();
        int excess = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - total;
        while (excess > 0) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (mayBeLong[i] && widths[i] > MIN_LONG && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return widths;
            }
            widths[widest]--;
            excess--;
        }
        return widths;
    }

    private int natural(int column) {
        return rows.stream().mapToInt(row -> row[column].length()).reduce(headings[column].length(), Math::max);
    }

    private List<String> lines(String[] cells, int[] widths) {
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < cells.length; i++) {
            List<String> lines = cells[i].length() <= widths[i] ? List.of(cells[i]) : Words.wrap(cells[i], widths[i]);
            wrapped.add(lines);
            height = Math.max(height, lines.size());
        }
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < height; y++) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < cells.length; x++) {
                String text = y < wrapped.get(x).size() ? wrapped.get(x).get(y) : "";
                String pad = " ".repeat(Math.max(0, widths[x] - text.length()));
                line.append(x == 0 ? "" : GAP).append(numeric[x] ? pad + text : text + pad);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
