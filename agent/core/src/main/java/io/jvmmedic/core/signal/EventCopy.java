package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;

/** Copies a recorded event into a signal; used live and on replay. Durations become milliseconds. */
public final class EventCopy {

    private EventCopy() {
    }

    /** Primitive and text fields only: objects such as threads and stacks stay in the recording. */
    public static Signal of(RecordedEvent event) {
        String name = event.getEventType().getName();
        String type = name.startsWith(JfrEvents.PREFIX) ? name.substring(JfrEvents.PREFIX.length()) : name;
        Signal.Builder signal = Signal.of(type, event.getEndTime().toEpochMilli());
        for (ValueDescriptor field : event.getFields()) {
            switch (field.getTypeName()) {
                case "boolean" -> signal.with(field.getName(), event.getBoolean(field.getName()));
                case "byte", "short", "int", "long" -> signal.with(field.getName(), number(event, field));
                case "float", "double" -> signal.with(field.getName(), event.getDouble(field.getName()));
                case "java.lang.String" -> signal.with(field.getName(), event.getString(field.getName()));
                default -> {
                    // Not a fact that a detector may read.
                }
            }
        }
        return signal.build();
    }

    private static long number(RecordedEvent event, ValueDescriptor field) {
        if (field.getAnnotation(Timespan.class) == null) {
            return event.getLong(field.getName());
        }
        long raw = event.getLong(field.getName());
        return Timespan.MILLISECONDS.equals(field.getAnnotation(Timespan.class).value()) || raw < 0
                ? raw : event.getDuration(field.getName()).toMillis();
    }
}
