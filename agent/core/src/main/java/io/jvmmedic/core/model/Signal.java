package io.jvmmedic.core.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One fact, exactly as it stands in the recording: the detector's only input. The type is an event name without its
 * prefix ({@code PoolSample}), the fields are that event's fields.
 *
 * <p>A map and not one record per event: a new signal is then one event class and nothing else, and the copy from a
 * recording cannot differ from the copy from the sampler.
 *
 * @param type event name without {@code jvmmedic.}; a JDK event keeps its full name ({@code jdk.GarbageCollection})
 * @param millis wall-clock time, ms since the epoch
 * @param fields field name to {@code String}, {@code Long}, {@code Boolean} or {@code Double}; durations in ms
 */
public record Signal(String type, long millis, Map<String, Object> fields) {

    public static final String POOL = "PoolSample";
    public static final String HELD_CONNECTION = "HeldConnection";
    public static final String WAITING_BORROWER = "WaitingBorrower";
    public static final String SLOT_TIME = "SlotTime";
    public static final String FRESH_CONNECTION = "FreshConnection";
    public static final String LOCK_WAIT = "LockWait";
    public static final String SESSION_CHECK = "SessionCheck";
    public static final String EXECUTOR = "ExecutorSample";
    public static final String BLOCKED_TASK = "BlockedTask";
    public static final String BUSY_SITE = "BusySite";
    public static final String LONG_TASK = "LongTask";
    public static final String SCHEDULED_SERIES = "ScheduledSeries";
    public static final String HTTP_POOL = "HttpPoolSample";
    public static final String HELD_RESPONSE = "HeldResponse";
    public static final String UNPOOLED_CONNECTIONS = "UnpooledConnections";
    public static final String THREAD_WAIT = "ThreadWait";
    public static final String DEADLOCKED_THREAD = "DeadlockedThread";
    public static final String THREAD_FAMILY = "ThreadFamily";
    public static final String GATE = "GateSample";
    public static final String THREAD_START = "jdk.ThreadStart";
    public static final String PINNED = "jdk.VirtualThreadPinned";
    public static final String EXCEPTIONS = "jdk.ExceptionStatistics";
    public static final String MEMORY = "MemorySample";
    /** The last signal of each sampling round. */
    public static final String HEALTH = "AgentHealth";

    public Signal {
        fields = Collections.unmodifiableMap(fields);
    }

    /** A text field; empty when absent. */
    public String text(String field) {
        Object value = fields.get(field);
        return value == null ? "" : value.toString();
    }

    /** A whole-number field; -1 when absent, which every sample uses for "unknown". */
    public long number(String field) {
        return fields.get(field) instanceof Number number ? number.longValue() : -1;
    }

    public boolean flag(String field) {
        return Boolean.TRUE.equals(fields.get(field));
    }

    /** The sampling round it belongs to; -1 for JDK events. */
    public long tick() {
        return number("tick");
    }

    /** The resource it is about; throws when there is none. */
    public ResourceId resource() {
        return ResourceId.parse(text("resource"));
    }

    public static Builder of(String type, long millis) {
        return new Builder(type, millis);
    }

    /** Collects fields in order. */
    public static final class Builder {
        private final String type;
        private final long millis;
        private final Map<String, Object> fields = new LinkedHashMap<>();

        private Builder(String type, long millis) {
            this.type = type;
            this.millis = millis;
        }

        public Builder with(String field, String value) {
            fields.put(field, value == null ? "" : value);
            return this;
        }

        public Builder with(String field, long value) {
            fields.put(field, value);
            return this;
        }

        public Builder with(String field, double value) {
            fields.put(field, value);
            return this;
        }

        public Builder with(String field, boolean value) {
            fields.put(field, value);
            return this;
        }

        public Builder with(String field, ResourceId value) {
            return with(field, value.toString());
        }

        public Signal build() {
            return new Signal(type, millis, fields);
        }
    }
}
