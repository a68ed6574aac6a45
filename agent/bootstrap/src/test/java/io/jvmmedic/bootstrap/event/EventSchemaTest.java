package io.jvmmedic.bootstrap.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.junit.jupiter.api.Test;

/** The public schema reads well in every tool, and the page about it is true. */
class EventSchemaTest {

    private static final List<Class<? extends Event>> EVENTS = List.of(
            PoolSample.class, HeldConnection.class, WaitingBorrower.class, SlotTime.class, FreshConnection.class,
            SessionCheck.class, LockWait.class, ExecutorSample.class, BlockedTask.class, BusySite.class,
            LongTask.class, ScheduledSeries.class, HttpPoolSample.class, HeldResponse.class,
            UnpooledConnections.class, ThreadWait.class, DeadlockedThread.class, ThreadFamily.class,
            GateSample.class, MemorySample.class, Finding.class,
            Decision.class, Remediation.class, Verification.class, Undo.class, ShadowScore.class, AgentHealth.class);
    /** All that a user event can carry; anything else is dropped without a word. */
    private static final Set<Class<?>> CARRIED = Set.of(int.class, long.class, boolean.class, double.class, String.class);

    private static List<Field> fields(Class<?> event) {
        return Arrays.stream(event.getDeclaredFields())
                .filter(field -> Modifier.isPublic(field.getModifiers()) && !Modifier.isStatic(field.getModifiers()))
                .toList();
    }

    @Test
    void everyEventAndFieldIsNamedLabelledAndDescribed() {
        for (Class<? extends Event> event : EVENTS) {
            assertEquals("jvmmedic." + event.getSimpleName(), event.getAnnotation(Name.class).value());
            assertEquals("JVM Medic", event.getAnnotation(Category.class).value()[0]);
            assertTrue(event.isAnnotationPresent(Label.class) && event.isAnnotationPresent(Description.class));
            assertFalse(fields(event).isEmpty(), event + " carries nothing");
            for (Field field : fields(event)) {
                assertTrue(CARRIED.contains(field.getType()), field + " would vanish from the recording");
                assertTrue(field.isAnnotationPresent(Label.class) && field.isAnnotationPresent(Description.class),
                        field + " has no label or description");
            }
        }
    }

    @Test
    void thePageNamesEveryEventAndEveryField() throws IOException {
        String page = Files.readString(Path.of("../../docs/events.md"));
        for (Class<? extends Event> event : EVENTS) {
            int start = page.indexOf("## jvmmedic." + event.getSimpleName() + "\n");
            assertTrue(start >= 0, event + " is not on the page");
            int end = page.indexOf("\n## ", start + 1);
            String section = page.substring(start, end < 0 ? page.length() : end);
            for (Field field : fields(event)) {
                assertTrue(section.contains("| `" + field.getName() + "` |"), field + " is not on the page");
            }
            assertEquals(fields(event).size(), section.lines().filter(line -> line.startsWith("| `")).count(),
                    event + " has rows on the page that do not exist");
        }
    }
}
