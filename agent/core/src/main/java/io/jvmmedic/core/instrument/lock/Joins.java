package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.instrument.Members;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * Which thread another waits for to end. A platform thread is joined by waiting on the object it is, and the JVM tells, without
 * a pause, what a thread waits on; a virtual one by a latch of its own. Nobody that joins itself is told: that is how a
 * {@code main} stays for ever. Thread-safe.
 */
final class Joins {

    /** Threads that the JVM is asked about at one look; the others have their turn at the next ones. */
    private static final int MAX_ASKED = 200;
    /** What was answered counts for so many looks, while the thread was seen to wait at each of them. */
    private static final int ANSWER_LOOKS = 60;
    private static final String JOIN = "java.lang.Thread.join";

    /**
     * @param object class and identity of what the thread waits on; empty for nothing
     * @param looks at which it counted
     * @param inJoin whether a stack, taken once, showed that it is in {@code join}
     */
    private record Answer(String object, int looks, boolean inJoin) {
    }

    private final Optional<Field> latchSync = Members.field(CountDownLatch.class, "sync");
    private Map<Long, Answer> answers = Map.of();

    /** Whether a thread waits as one does that may be in {@code join}. */
    static boolean mayJoin(Thread thread) {
        Thread.State state = thread.getState();
        return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) && Jdk.threadId(thread) > 0
                && !(thread instanceof MedicThread);
    }

    /** By a stack: who calls {@code wait} on a thread is not sure to wait for its end. */
    static boolean isIn(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (JOIN.equals(frame.getClassName() + "." + frame.getMethodName())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whom these wait for, as far as it was their turn to be asked about.
     *
     * @param waiting threads that may be in {@code join}
     * @param all live platform threads
     */
    synchronized Map<Thread, Thread> of(Collection<Thread> waiting, Collection<Thread> all) {
        Map<Long, Answer> before = answers;
        answers = new HashMap<>();
        List<Thread> asked = new ArrayList<>();
        for (Thread thread : waiting) {
            Answer known = before.get(Jdk.threadId(thread));
            if (known != null && known.looks() < ANSWER_LOOKS) {
                answers.put(Jdk.threadId(thread), new Answer(known.object(), known.looks() + 1, known.inJoin()));
            } else if (asked.size() < MAX_ASKED) {
                asked.add(thread);
            }
        }
        Map<Long, String> objects = objects(asked);
        asked.forEach(thread -> answers.put(Jdk.threadId(thread),
                new Answer(objects.getOrDefault(Jdk.threadId(thread), ""), 0, false)));
        Set<String> types = new HashSet<>();
        answers.values().forEach(answer -> types.add(type(answer.object())));
        Map<String, Thread> byName = new HashMap<>();
        for (Thread thread : all) {
            if (types.contains(thread.getClass().getName())) {
                byName.put(LockGraph.describe(thread), thread);
            }
        }
        Map<Thread, Thread> joined = new IdentityHashMap<>();
        for (Thread thread : byName.isEmpty() ? List.<Thread>of() : waiting) {
            Answer answer = answers.get(Jdk.threadId(thread));
            Thread other = answer == null ? null : byName.get(answer.object());
            if (other != null && other != thread && isInJoin(thread, answer)) {
                joined.put(thread, other);
            }
        }
        return joined;
    }

    private boolean isInJoin(Thread thread, Answer answer) {
        boolean inJoin = answer.inJoin() || isIn(thread.getStackTrace());
        // One that only waits on a thread is not asked for its stack again soon.
        answers.put(Jdk.threadId(thread), new Answer(inJoin ? answer.object() : "", answer.looks(), inJoin));
        return inJoin;
    }

    private static String type(String object) {
        return object.substring(0, Math.max(0, object.indexOf('@')));
    }

    /** Whether a thread still waits on another. */
    static boolean lasts(Thread thread, Thread joined) {
        return LockGraph.describe(joined).equals(objects(List.of(thread)).get(Jdk.threadId(thread)));
    }

    private static Map<Long, String> objects(Collection<Thread> threads) {
        return threads.isEmpty() || !Jdk.hasModule("java.management") ? Map.of() : Beans.objects(threads);
    }

    /** What threads that wait for the end of one of these virtual threads are parked on. */
    Map<Object, Thread> latches(Collection<Thread> virtual) {
        Map<Object, Thread> latches = new IdentityHashMap<>();
        Optional<Field> termination = virtual.stream().filter(thread -> Jdk.threadId(thread) < 0).findFirst()
                .flatMap(thread -> Members.field(thread.getClass(), "termination"));
        if (termination.isPresent() && latchSync.isPresent()) {
            for (Thread thread : virtual) {
                Object latch = Jdk.threadId(thread) < 0 && termination.get().getDeclaringClass().isInstance(thread)
                        ? Members.read(thread, termination.get()) : null;
                if (latch instanceof CountDownLatch) {
                    latches.put(Members.read(latch, latchSync.get()), thread);
                }
            }
        }
        return latches;
    }

    /** Apart, so that the beans are linked only where the module is there. */
    private static final class Beans {

        private Beans() {
        }

        static Map<Long, String> objects(Collection<Thread> threads) {
            Map<Long, String> objects = new HashMap<>();
            for (ThreadInfo info : ManagementFactory.getThreadMXBean()
                    .getThreadInfo(threads.stream().mapToLong(Jdk::threadId).toArray())) {
                if (info != null && info.getLockName() != null && info.getThreadState() != Thread.State.BLOCKED) {
                    objects.put(info.getThreadId(), info.getLockName());
                }
            }
            return objects;
        }
    }
}
