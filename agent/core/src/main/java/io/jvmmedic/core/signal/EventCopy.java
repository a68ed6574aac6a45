package io.jvmmedic.core.signal;

import io.jvmmedic.core.model.Signal;
import io.jvmmedic.core.util.AppFrames;
import jdk.jfr.Timespan;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;

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
        if (type.equals(Signal.THREAD_START)) {
            RecordedThread thread = event.hasField("thread") ? event.getThread("thread") : null;
            signal.with("startedThread", thread == null ? "" : thread.getJavaName());
        }
        if (FlightStream.WITH_SITE.contains(type)) {
            site(event, signal);
        }
        return signal.build();
    }

    /** The application code behind it: the copy keeps no stack. */
    private static void site(RecordedEvent event, Signal.Builder signal) {
        if (event.getStackTrace() != null) {
            event.getStackTrace().getFrames().stream().filter(RecordedFrame::isJavaFrame)
                    .filter(frame -> AppFrames.isApplication(frame.getMethod().getType().getName())).findFirst()
                    .ifPresent(frame -> signal.with("site", AppFrames.text(new StackTraceElement(
                            frame.getMethod().getType().getName(), frame.getMethod().getName(),
                            simpleFile(frame.getMethod().getType().getName()), frame.getLineNumber()))));
        }
    }

    /** A recording does not name source files. */
    private static String simpleFile(String type) {
        String name = type.substring(type.lastIndexOf('.') + 1);
        int nested = name.indexOf('$');
        return (nested < 0 ? name : name.substring(0, nested)) + ".java";
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
