package io.jvmmedic.core.signal;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.model.Signal;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/**
 * Commits signals as the bridge's events. By reflection on the public fields: a few dozen rows a second, and a new event
 * needs no line here. Only loaded where {@code jdk.jfr} is present.
 */
final class JfrEvents implements SignalSink {

    /** The whole public schema; registered before the first stream starts, else {@code jfr view} cannot find them. */
    static final List<String> TYPES = List.of("PoolSample", "HeldConnection", "WaitingBorrower", "SlotTime",
            "FreshConnection", "SessionCheck", "LockWait", "ExecutorSample", "BlockedTask", "HttpPoolSample", "HeldResponse",
            "UnpooledConnections", "ThreadWait", "DeadlockedThread", "MemorySample", "AgentHealth",
            "Finding", "Decision", "Remediation", "Verification", "Undo", "ShadowScore");
    static final String PREFIX = "jvmmedic.";
    private static final String PACKAGE = "io.jvmmedic.bootstrap.event.";
    /** The boot loader in a host, the class path in a unit test. */
    private static final ClassLoader BRIDGE = MedicThread.class.getClassLoader();

    private final Map<String, Class<? extends Event>> classes = new HashMap<>();

    JfrEvents() throws ReflectiveOperationException {
        for (String type : TYPES) {
            Class<? extends Event> event = Class.forName(PACKAGE + type, true, BRIDGE).asSubclass(Event.class);
            FlightRecorder.register(event);
            classes.put(type, event);
        }
    }

    @Override
    public void accept(Signal signal) {
        Class<? extends Event> type = classes.get(signal.type());
        if (type == null) {
            throw new IllegalArgumentException("no event for signal " + signal.type());
        }
        try {
            Event event = type.getDeclaredConstructor().newInstance();
            if (!event.shouldCommit()) {
                return;
            }
            for (Field field : type.getDeclaredFields()) {
                Object value = signal.fields().get(field.getName());
                if (value != null && Modifier.isPublic(field.getModifiers()) && !Modifier.isStatic(field.getModifiers())) {
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
