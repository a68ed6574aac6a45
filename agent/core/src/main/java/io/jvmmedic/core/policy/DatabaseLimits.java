package io.jvmmedic.core.policy;

import io.jvmmedic.core.model.Plan;
import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Round;
import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.AtomicFiles;
import io.jvmmedic.core.util.Clock;
import io.jvmmedic.core.util.Phrases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What databases have said about their own limit: a pool whose database had no session to spare is not grown for a while,
 * for each further connection would be taken from somebody else, or refused. Kept in a file, since the one who asks too
 * much is often the one who is restarted for it. One line per pool: {@code <ms since the epoch> <connections> <error>
 * <resource>}. Thread-safe.
 */
public final class DatabaseLimits {

    /** Databases free sessions within minutes when clients go; a limit that stands is learned again at once. */
    static final Duration STANDS_FOR = Duration.ofMinutes(10);
    private static final int MAX_POOLS = 500;
    private static final Pattern LINE = Pattern.compile("(\\d{1,15}) (\\d{1,9}) (\\S{1,20}) (\\S.*)");

    /**
     * @param millis when it was said last, wall-clock
     * @param total connections that the pool had then
     * @param error SQLState and vendor code
     */
    private record Limit(long millis, long total, String error) {
    }

    private final Set<String> growing;
    private final Clock clock;
    private final Path file;
    private final Consumer<String> warnings;
    private final Map<String, Limit> limits = new HashMap<>();
    /** Errors counted so far by pool. */
    private final Map<String, Long> counted = new HashMap<>();

    private DatabaseLimits(Set<String> growing, Clock clock, Path file, Consumer<String> warnings) {
        this.growing = Set.copyOf(growing);
        this.clock = clock;
        this.file = file;
        this.warnings = warnings;
    }

    /**
     * Reads what earlier runs have learned. Never throws.
     *
     * @param growing names of the remedies that ask a database for more sessions
     * @param warnings gets one sentence when the file cannot be used
     */
    public static DatabaseLimits open(Path file, Set<String> growing, Clock clock, Consumer<String> warnings) {
        DatabaseLimits limits = new DatabaseLimits(growing, clock, file, warnings);
        limits.load();
        return limits;
    }

    /** Limits that are forgotten with the JVM, for where no folder could be had. */
    public static DatabaseLimits inMemory(Set<String> growing, Clock clock) {
        return new DatabaseLimits(growing, clock, null, sentence -> { });
    }

    /** Takes in a round; what was learned anew, one sentence for each pool. */
    public synchronized List<String> observe(Round round) {
        List<String> news = new ArrayList<>();
        boolean changed = false;
        for (Signal pool : round.of(Signal.POOL)) {
            String resource = pool.text("resource");
            long errors = pool.number("fullErrors");
            Long before = counted.put(resource, errors);
            if (errors > (before == null ? 0 : before) && (limits.containsKey(resource) || limits.size() < MAX_POOLS)) {
                boolean known = standing(resource).isPresent();
                limits.put(resource, new Limit(clock.millis(), pool.number("total"), pool.text("lastError")));
                changed |= !known;
                if (!known) {
                    news.add(resource + ": its database has no session to spare (" + pool.text("lastError") + "), with "
                            + Phrases.count(pool.number("total"), "connection") + " of this pool; it is not grown for "
                            + Phrases.duration(STANDS_FOR.toMillis()));
                }
            }
        }
        counted.keySet().retainAll(round.of(Signal.POOL).stream().map(row -> row.text("resource")).toList());
        if (changed) {
            save();
        }
        return news;
    }

    /** Why this plan must not ask the database for more; empty when it may, or does not. */
    synchronized Optional<String> refusal(Plan plan) {
        ResourceId resource = plan.resource();
        return growing.contains(plan.remedy()) ? standing(resource.toString()).map(limit -> "its database had no session to"
                + " spare " + Phrases.duration(clock.millis() - limit.millis()) + " ago (" + limit.error() + "), when this pool had "
                + Phrases.count(limit.total(), "connection") + "; it is not grown for "
                + Phrases.duration(STANDS_FOR.toMillis()) + " after that") : Optional.empty();
    }

    private Optional<Limit> standing(String resource) {
        return Optional.ofNullable(limits.get(resource)).filter(limit -> {
            long age = clock.millis() - limit.millis();
            // A time from the future is one of a clock that was set back.
            return age >= 0 && age < STANDS_FOR.toMillis();
        });
    }

    private void load() {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches() && limits.size() < MAX_POOLS) {
                    limits.put(matcher.group(4), new Limit(Long.parseLong(matcher.group(1)),
                            Long.parseLong(matcher.group(2)), matcher.group(3)));
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing was ever refused.
        } catch (IOException | RuntimeException e) {
            warnings.accept("limits of databases " + file + " cannot be read (" + e + "), they are learned again");
        }
    }

    private void save() {
        limits.keySet().removeIf(resource -> standing(resource).isEmpty());
        if (file == null) {
            return;
        }
        try {
            AtomicFiles.write(file, limits.entrySet().stream().map(entry -> entry.getValue().millis() + " "
                            + entry.getValue().total() + " " + entry.getValue().error() + " " + entry.getKey() + "\n")
                    .collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            warnings.accept("limits of databases " + file + " cannot be written (" + e + "), they end with this JVM");
        }
    }
}
