package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Diagnosis;
import io.jvmmedic.core.util.Jdk;
import io.jvmmedic.core.util.Stacks;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Stacks as text, for people. Never calls a method of a host object: a blocker is told by class and identity. */
public final class ThreadText {

    /** Deeper frames are those of a server's request loop. */
    private static final int MAX_FRAMES = 200;

    private final StringBuilder text = new StringBuilder(16_384);

    /** Begins with what is believed, so that the text can be read alone. */
    ThreadText(Diagnosis diagnosis) {
        text.append(diagnosis.primary().summary()).append('\n');
        diagnosis.primary().evidence().facts().forEach(fact -> text.append("  ").append(fact).append('\n'));
        if (!diagnosis.waitForGraph().isEmpty()) {
            text.append("\nwho waits for what:\n").append(diagnosis.waitForGraph().stripTrailing()).append('\n');
        }
    }

    /** For a dump that somebody asked for. */
    public ThreadText(String headline) {
        text.append(headline).append('\n');
    }

    ThreadText note(String line) {
        text.append('\n').append(line).append('\n');
        return this;
    }

    public ThreadText threads(Map<Thread, StackTraceElement[]> stacks) {
        List<Thread> byName = stacks.keySet().stream()
                .sorted(Comparator.comparing(Thread::getName).thenComparing(Jdk::threadId)).toList();
        byName.forEach(thread -> thread(thread, stacks.get(thread)));
        return this;
    }

    /** Takes their stacks, in as few and as short pauses as the JDK allows. */
    public ThreadText threads(Collection<Thread> threads) {
        Map<Thread, StackTraceElement[]> stacks = Stacks.of(threads);
        threads.forEach(thread -> thread(thread, stacks.get(thread)));
        return this;
    }

    private void thread(Thread thread, StackTraceElement[] stack) {
        text.append("\n\"").append(thread.getName()).append("\" #").append(Jdk.threadId(thread))
                .append(thread.isDaemon() ? " daemon " : " ").append(thread.getState());
        Object blocker = LockSupport.getBlocker(thread);
        if (blocker != null) {
            text.append(" parked for ").append(blocker.getClass().getName()).append('@')
                    .append(Integer.toHexString(System.identityHashCode(blocker)));
        }
        text.append('\n');
        for (int i = 0; i < Math.min(stack.length, MAX_FRAMES); i++) {
            text.append("    at ").append(stack[i]).append('\n');
        }
        if (stack.length > MAX_FRAMES) {
            text.append("    (").append(stack.length - MAX_FRAMES).append(" more)\n");
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
