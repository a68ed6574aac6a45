package io.jvmmedic.core.instrument.lock;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.resource.LockCycles.Member;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Each holds a monitor and wants the other's; nobody can free them, so they are left behind. */
class VirtualMonitorsTest {

    private final LockGraph graph = BootBridge.graph();

    private List<Member> awaitCycleOf(String thread) {
        return await().atMost(LockPatient.SOON).until(() -> graph.cycles().stream()
                .filter(cycle -> cycle.stream().anyMatch(member -> member.thread().equals(thread))).findFirst().orElse(null),
                cycle -> cycle != null);
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void virtualThreadsAndMonitors() {
        Object left = new Object();
        Object right = new Object();
        CyclicBarrier both = new CyclicBarrier(2);
        LockPatient.startVirtual("v-left", () -> nested(left, right, both), new ReentrantLock());
        LockPatient.startVirtual("v-right", () -> nested(right, left, both), new ReentrantLock());
        List<Member> cycle = awaitCycleOf("v-left");
        assertEquals(Set.of("v-left MONITOR", "v-right MONITOR"),
                cycle.stream().map(member -> member.thread() + " " + member.kind()).collect(Collectors.toSet()));
        assertTrue(cycle.stream().allMatch(member -> member.threadId() < 0 && member.holdsAt().contains("VirtualMonitorsTest.nested(")),
                cycle::toString);

        Object one = new Object();
        Object two = new Object();
        CyclicBarrier mixed = new CyclicBarrier(2);
        LockPatient.startVirtual("v-mixed", () -> nested(one, two, mixed), new ReentrantLock());
        LockPatient.start("p-mixed", () -> nested(two, one, mixed), new ReentrantLock());
        assertEquals(Set.of("v-mixed MONITOR", "p-mixed MONITOR"), awaitCycleOf("p-mixed").stream()
                .map(member -> member.thread() + " " + member.kind()).collect(Collectors.toSet()));
    }

    private static void nested(Object first, Object second, CyclicBarrier both) {
        synchronized (first) {
            meet(both);
            synchronized (second) {
                meet(both);
            }
        }
    }
}
