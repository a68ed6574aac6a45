package io.jvmmedic.core.remedy;

import io.jvmmedic.core.model.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which remedies are for which fault, gentlest first. The one table to change for a new remedy. */
public final class Ladders {

    /** Repairs, rung by rung. A fault without any is only reported. */
    public static final Map<Fault, List<String>> STANDARD = Map.ofEntries(
            Map.entry(Fault.CONNECTION_LEAK, List.of(CompensateLeak.NAME, ReclaimLeakedConnection.NAME)),
            Map.entry(Fault.NESTED_BORROW, List.of(GrowPool.NAME)),
            Map.entry(Fault.POOL_EXHAUSTION, List.of(SoftEvictPool.NAME, GrowPool.NAME)),
            Map.entry(Fault.STALE_SESSIONS, List.of(SoftEvictPool.NAME)),
            Map.entry(Fault.DEAD_PEER, List.of(AbortDeadSessions.NAME)),
            Map.entry(Fault.POOL_CREATOR, List.of(RevivePool.NAME, ResetPool.NAME)),
            Map.entry(Fault.EXECUTOR_SELF_STARVATION, List.of(GrowExecutor.NAME)),
            Map.entry(Fault.EXECUTOR_STALLED, List.of(GrowExecutor.NAME)),
            Map.entry(Fault.WAIT_KNOT, List.of(GrowExecutor.NAME, GrowPool.NAME)),
            Map.entry(Fault.EXECUTOR_SATURATED, List.of()),
            Map.entry(Fault.EXECUTOR_BACKLOG, List.of(ShedBacklog.NAME)),
            Map.entry(Fault.WORKERS_DYING, List.of()),
            Map.entry(Fault.CARRIER_STARVATION, List.of(GrowExecutor.NAME)),
            Map.entry(Fault.VIRTUAL_THREAD_PINNING, List.of()),
            Map.entry(Fault.STUCK_TASK, List.of(InterruptTask.NAME)),
            Map.entry(Fault.EXECUTOR_REJECTING, List.of()),
            Map.entry(Fault.EXECUTOR_LEAK, List.of(ReleaseIdleWorkers.NAME)),
            Map.entry(Fault.THREAD_LEAK, List.of()),
            Map.entry(Fault.SCHEDULE_ENDED, List.of(RearmSchedule.NAME)),
            Map.entry(Fault.SCHEDULE_LATE, List.of(GrowExecutor.NAME)),
            Map.entry(Fault.LOCK_DEADLOCK, List.of(BreakDeadlock.NAME, GracefulRestart.NAME)),
            Map.entry(Fault.LOST_LOCK, List.of(ReleaseLostLock.NAME)),
            Map.entry(Fault.HTTP_LEAK, List.of(AbortHttpLease.NAME)),
            Map.entry(Fault.HTTP_POOL_EXHAUSTION, List.of()));

    /** What is looked at once per incident before anything is done; heals nothing. */
    public static final Map<Fault, List<String>> EVIDENCE = evidence();

    private Ladders() {
    }

    /** A table with the remedies themselves; throws {@code IllegalArgumentException} naming one that is not given. */
    public static Map<Fault, List<Remedy>> of(Map<Fault, List<String>> names, List<? extends Remedy> remedies) {
        Map<Fault, List<Remedy>> table = new EnumMap<>(Fault.class);
        names.forEach((fault, rungs) -> table.put(fault, rungs.stream().map(name -> named(name, remedies)).toList()));
        return table;
    }

    private static Remedy named(String name, List<? extends Remedy> remedies) {
        return remedies.stream().filter(remedy -> remedy.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no remedy is called '" + name + "'"));
    }

    private static Map<Fault, List<String>> evidence() {
        Map<Fault, List<String>> table = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            List<String> looks = new ArrayList<>(List.of(DumpInvolvedThreads.NAME));
            if (fault == Fault.LOCK_DEADLOCK) {
                // First: it needs the threads as they stand.
                looks.add(0, RecordSignature.NAME);
                looks.add(DumpAllThreads.NAME);
            }
            looks.add(DumpBlackBox.NAME);
            table.put(fault, List.copyOf(looks));
        }
        return Map.copyOf(table);
    }
}
