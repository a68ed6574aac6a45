package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.core.resource.ExecutorHandle.Run;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Since when each worker of a pool runs its task, from one look a second. Looked at by the sampler, asked by anybody. */
final class TaskWatch {

    /** One worker: its thread, what is behind it, and the task that it ran at the last look; {@code null} for none. */
    private static final class Slot {
        private final Thread thread;
        private final WeakReference<Object> worker;
        private Run run;

        private Slot(Thread thread, Object worker, Run run) {
            this.thread = thread;
            this.worker = new WeakReference<>(worker);
            this.run = run;
        }
    }

    private final JdkMembers jdk;
    /** The census gives the same list for as long as nobody comes or goes. */
    private List<Thread> known = List.of();
    private List<Slot> slots = List.of();
    private boolean calm = true;

    TaskWatch(JdkMembers jdk) {
        this.jdk = jdk;
    }

    /**
     * @param anyBusy false for a pool that rests, whose workers need not be looked at
     * @param now any clock, ns
     */
    synchronized void look(List<Thread> workers, boolean anyBusy, long now) {
        if (!anyBusy) {
            calm = true;
            return;
        }
        if (calm || workers != known) {
            slots = slots(workers, calm ? List.of() : slots);
            known = workers;
            calm = false;
        }
        for (Slot slot : slots) {
            Object worker = slot.worker.get();
            long task = worker != null && jdk.isRunning(worker) ? jdk.tasksDone(worker) : -1;
            if (task < 0) {
                slot.run = null;
            } else if (slot.run == null || slot.run.task() != task) {
                slot.run = new Run(slot.thread, task, now);
            }
        }
    }

    private List<Slot> slots(List<Thread> workers, List<Slot> before) {
        Map<Thread, Run> runs = new HashMap<>();
        before.forEach(slot -> runs.put(slot.thread, slot.run));
        return workers.stream().map(thread -> new Slot(thread, jdk.workerOf(thread), runs.get(thread))).toList();
    }

    synchronized List<Run> all() {
        List<Run> runs = new ArrayList<>();
        if (!calm) {
            for (Slot slot : slots) {
                if (slot.run != null) {
                    runs.add(slot.run);
                }
            }
        }
        return runs;
    }
}
