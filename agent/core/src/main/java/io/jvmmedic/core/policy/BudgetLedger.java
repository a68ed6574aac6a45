package io.jvmmedic.core.policy;

import io.jvmmedic.core.config.Budget;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was spent of which budget, kept in a file so that a budget survives the restart that it allowed. One line each
 * time: {@code <ms since the epoch> <budget>}. Thread-safe.
 *
 * <p>The file carries wall-clock times, since nothing else survives the JVM; they are turned into monotonic ones when it
 * is read, so that a clock set forward frees nothing and one set back locks nothing up. A time from the future counts as
 * now.
 *
 * <p>Where the file cannot be written the ledger goes on in memory, says so once, and tries again with the next spending.
 *
 * <p>Two JVMs of one name share the file. Each line is one append, so they do not disturb each other; only a compaction
 * that meets an append of the other within its milliseconds can lose that line. A lock file was not worth that.
 */
public final class BudgetLedger {

    private static final Pattern LINE = Pattern.compile("(\\d{1,15}) ([a-z][a-z0-9.-]*)");
    /** Lines that may be out of date before the file is rewritten, about 40 KB. */
    private static final int STALE_LINES = 1_000;
    private static final Set<OpenOption> APPEND = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
            StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);

    private final Map<String, Deque<Long>> spentAtMonotonicMillis = new HashMap<>();
    private final List<String> unsaved = new ArrayList<>();
    private final Path file;
    private final Duration keep;
    private final Clock clock;
    private final Consumer<String> warnings;
    private int lines;
    private int compactAboveLines = STALE_LINES;
    private boolean readable = true;
    private boolean durable;
    private boolean warned;
    private boolean endsWithinLine;

    private BudgetLedger(Path file, Duration keep, Clock clock, Consumer<String> warnings) {
        this.file = file;
        this.keep = keep;
        this.clock = clock;
        this.warnings = warnings;
    }

    /**
     * Reads what earlier runs have spent. Never throws.
     *
     * @param keep longest period of any budget; what is older is forgotten
     * @param warnings gets one sentence when the file cannot be used
     */
    public static BudgetLedger open(Path file, Duration keep, Clock clock, Consumer<String> warnings) {
        BudgetLedger ledger = new BudgetLedger(file, keep, clock, warnings);
        ledger.load();
        return ledger;
    }

    /** A ledger that ends with the JVM, for where no folder could be had; it is never {@link #durable()}. */
    public static BudgetLedger inMemory(Duration keep, Clock clock) {
        return new BudgetLedger(null, keep, clock, sentence -> {
        });
    }

    /**
     * Spends one time.
     *
     * @param force brings it to the disk itself before returning, for what ends the JVM
     * @return whether it is in the file
     */
    public synchronized boolean spend(String budget, boolean force) {
        Deque<Long> times = spentAtMonotonicMillis.computeIfAbsent(budget, name -> new ArrayDeque<>());
        forget(times);
        times.addLast(clock.monotonicMillis());
        if (file == null) {
            return false;
        }
        unsaved.add(clock.millis() + " " + budget);
        if (unsaved.size() > STALE_LINES) {
            unsaved.remove(0);
        }
        save(force);
        return durable && readable;
    }

    /** How much of a budget is spent in the period that ends now. */
    public synchronized Spending spending(String name, Budget budget) {
        long now = clock.monotonicMillis();
        long period = budget.period().toMillis();
        List<Long> ages = new ArrayList<>();
        for (long time : spentAtMonotonicMillis.getOrDefault(name, new ArrayDeque<>())) {
            if (now - time < period) {
                ages.add(now - time);
            }
        }
        int toExpire = ages.size() - budget.times();
        boolean comesFree = toExpire >= 0 && budget.times() > 0;
        ages.sort(Comparator.reverseOrder());
        Duration freeIn = comesFree ? Duration.ofMillis(period - ages.get(toExpire)) : Duration.ZERO;
        return new Spending(name, budget, ages.size(), freeIn);
    }

    /** Whether the next run will know all that was spent; tries once more when the file could not be written. */
    public synchronized boolean durable() {
        if (!durable && file != null) {
            save(false);
        }
        return durable && readable;
    }

    private void load() {
        try {
            // Latin-1 takes any byte; a file of garbage is then lines that do not match.
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            endsWithinLine = !text.isEmpty() && !text.endsWith("\n");
            int unreadable = 0;
            List<Long> times = new ArrayList<>();
            for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
                lines++;
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    remember(matcher.group(2), Long.parseLong(matcher.group(1)));
                } else {
                    unreadable++;
                }
            }
            if (unreadable > 0) {
                warnings.accept("budget ledger " + file + ": " + unreadable + " unreadable lines skipped");
            }
        } catch (NoSuchFileException e) {
            // The first run.
        } catch (IOException | RuntimeException e) {
            readable = false;
            warn("read", e);
        }
        save(false);
    }

    private void remember(String budget, long millis) {
        long age = Math.max(0, clock.millis() - millis);
        if (age < keep.toMillis()) {
            Deque<Long> times = spentAtMonotonicMillis.computeIfAbsent(budget, name -> new ArrayDeque<>());
            times.addLast(clock.monotonicMillis() - age);
        }
    }

    private void forget(Deque<Long> times) {
        long oldest = clock.monotonicMillis() - keep.toMillis();
        while (!times.isEmpty() && times.peekFirst() <= oldest) {
            times.removeFirst();
        }
    }

    private void save(boolean force) {
        try {
            append(force);
            if (lines > compactAboveLines) {
                compact();
            }
            durable = true;
        } catch (IOException | RuntimeException e) {
            durable = false;
            endsWithinLine = true;
            warn("written", e);
        }
    }

    private void warn(String verb, Exception e) {
        if (!warned) {
            warned = true;
            warnings.accept("budget ledger " + file + " cannot be " + verb + " (" + e
                    + "), budgets are kept in memory and nothing drastic is done");
        }
    }

    private void append(boolean force) throws IOException {
        StringBuilder text = new StringBuilder(endsWithinLine ? "\n" : "");
        unsaved.forEach(line -> text.append(line).append('\n'));
        try (FileChannel channel = FileChannel.open(file, APPEND)) {
            ByteBuffer bytes = StandardCharsets.ISO_8859_1.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (force) {
                channel.force(true);
            }
        }
        lines += unsaved.size();
        unsaved.clear();
        endsWithinLine = false;
    }

    /** Rewrites what is in the file now, the lines of other JVMs included, without what is too old to count. */
    private void compact() throws IOException {
        long now = clock.millis();
        List<String> kept = Files.readString(file, StandardCharsets.ISO_8859_1).lines()
                .map(LINE::matcher)
                .filter(line -> line.matches() && now - Long.parseLong(line.group(1)) < keep.toMillis())
                .map(line -> Math.min(now, Long.parseLong(line.group(1))) + " " + line.group(2))
                .toList();
        String text = kept.isEmpty() ? "" : String.join("\n", kept) + "\n";
        AtomicFiles.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
        lines = kept.size();
        compactAboveLines = 2 * lines + STALE_LINES;
    }
}
