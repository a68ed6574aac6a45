package io.jvmmedic.core.signal;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.model.Signal;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/**
 * Commits signals as the bridge's events. By reflection on the public fields: a few dozen rows a second, and a new event
 * needs no line here. Only loaded where {@code jdk.jfr} is present.
 */
final class JfrEvents implements SignalSink {

    /** The whole public schema; registered before the first stream starts, else {@code jfr view} cannot find them. */
    static final List<String> TYPES = List.of("PoolSample", "HeldConnection", "WaitingBorrower", "SlotTime",
            "FreshConnection", "SessionCheck", "LockWait", "ExecutorSample", "BlockedTask", "BusySite", "LongTask",
            "ScheduledSeries", "HttpPoolSample", "HeldResponse", "UnpooledConnections", "ThreadWait", "DeadlockedThread",
            "ThreadFamily", "GateSample", "MemorySample", "AgentHealth",
            "Finding", "Decision", "Remediation", "Verification", "Undo", "ShadowScore");
    static final String PREFIX = "jvmmedic.";
    private static final String PACKAGE = "io.jvmmedic.bootstrap.event.";
    /** The boot loader in a host, the class path in a unit test. */
    private static final ClassLoader BRIDGE = MedicThread.class.getClassLoader();

    /** How to make one and what to fill in; of our own classes, which stay. */
    private record Shape(Constructor<? extends Event> constructor, List<Field> fields) {

        static Shape of(Class<? extends Event> type) throws ReflectiveOperationException {
            return new Shape(type.getDeclaredConstructor(), Stream.of(type.getDeclaredFields())
                    .filter(field -> Modifier.isPublic(field.getModifiers()) && !Modifier.isStatic(field.getModifiers()))
                    .toList());
        }
    }

    private final Map<String, Shape> shapes = new HashMap<>();

    JfrEvents() throws ReflectiveOperationException {
        for (String type : TYPES) {
            Class<? extends Event> event = Class.forName(PACKAGE + type, true, BRIDGE).asSubclass(Event.class);
            FlightRecorder.register(event);
            shapes.put(type, Shape.of(event));
        }
    }

    @Override
    public void accept(Signal signal) {
        Shape shape = shapes.get(signal.type());
        if (shape == null) {
            throw new IllegalArgumentException("no event for signal " + signal.type());
        }
        try {
            Event event = shape.constructor().newInstance();
            if (!event.shouldCommit()) {
                return;
            }
            for (Field field : shape.fields()) {
                Object value = signal.fields().get(field.getName());
                if (value != null) {
                    set(event, field, value);
                }
            }
            event.commit();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signal " + signal.type() + " does not fit its event", e);
        }
    }

    private static void set(Event event, Field field, Object value) throws IllegalAccessException {
        if (field.getType() == int.class) {
            field.setInt(event, Math.toIntExact(((Number) value).longValue()));
        } else if (field.getType() == long.class) {
            field.setLong(event, ((Number) value).longValue());
        } else {
            field.set(event, value);
        }
    }
}
