package io.jvmmedic.core.inquiry;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The two ends of the TCP connection below a JDBC connection. JDBC does not tell them; the driver's object holds its
 * socket a few fields deep (PostgreSQL: query executor, stream, socket), so its fields are walked, nearest first. Fields
 * are only read, and nothing of the driver is called.
 */
record SessionSocket(InetSocketAddress local, InetSocketAddress remote) {

    private static final int MAX_OBJECTS = 3_000;
    private static final int MAX_DEPTH = 7;

    private record Step(Object object, int depth) {
    }

    /** Empty when there is none, as in an embedded database, or when it cannot be found. */
    static Optional<SessionSocket> of(Object connection) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Queue<Step> queue = new ArrayDeque<>();
        queue.add(new Step(connection, 0));
        seen.add(connection);
        while (!queue.isEmpty() && seen.size() < MAX_OBJECTS) {
            Step step = queue.remove();
            Optional<SessionSocket> found = ends(step.object());
            if (found.isPresent()) {
                return found;
            }
            if (step.depth() < MAX_DEPTH) {
                neighbours(step, seen, queue);
            }
        }
        return Optional.empty();
    }

    private static Optional<SessionSocket> ends(Object object) {
        try {
            if (object instanceof Socket socket) {
                return ends(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
            }
            if (object instanceof SocketChannel channel) {
                return ends(channel.getLocalAddress(), channel.getRemoteAddress());
            }
        } catch (Exception e) {
            // Closed in this moment.
        }
        return Optional.empty();
    }

    private static Optional<SessionSocket> ends(SocketAddress local, SocketAddress remote) {
        return local instanceof InetSocketAddress here && remote instanceof InetSocketAddress there
                ? Optional.of(new SessionSocket(here, there)) : Optional.empty();
    }

    private static void neighbours(Step step, Set<Object> seen, Queue<Step> queue) {
        for (Class<?> type = step.object().getClass(); type != null && !isOfTheJdk(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    Object value = value(field, step.object());
                    if (value != null && leadsOn(value) && seen.add(value)) {
                        queue.add(new Step(value, step.depth() + 1));
                    }
                }
            }
        }
    }

    /** Not into collections and threads of the JDK: a driver shares those with all its connections. */
    private static boolean leadsOn(Object value) {
        return value instanceof Socket || value instanceof SocketChannel
                || !value.getClass().isArray() && !isOfTheJdk(value.getClass());
    }

    private static boolean isOfTheJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    private static Object value(Field field, Object owner) {
        try {
            field.setAccessible(true);
            return field.get(owner);
        } catch (IllegalAccessException | RuntimeException e) {
            return null;
        }
    }
}
