package io.jvmmedic.core.diagnose;

import static io.jvmmedic.core.detect.FakeRounds.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.model.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitForGraphTest {

    private static final ResourceId ORDERS = ResourceId.parse(POOL);

    @Test
    void oneEdgeALine() {
        WaitForGraph graph = WaitForGraph.of(round(1, pool(POOL, 1, 1, 1),
                held(POOL, 1).with("heldFor", 41_000), waiter(POOL, 103, 12_000)));
        assertEquals("http-3 waits for pool:orders since 12 s at AuditService.log:21, held by http-1 since 41 s at"
                + " OrderService.save:88", graph.text(ORDERS));
        assertEquals(List.of(), graph.cycle(ORDERS));
    }

    @Test
    void severalHoldersAreListedOnce() {
        WaitForGraph graph = WaitForGraph.of(round(1, pool(POOL, 2, 2, 2), held(POOL, 1), held(POOL, 2),
                waiter(POOL, 103, 12_000), waiter(POOL, 104, 500)));
        assertEquals("""
                pool:orders held by http-1 since 1.0 s at OrderService.save:88
                pool:orders held by http-2 since 1.0 s at OrderService.save:88
                http-3 waits for pool:orders since 12 s at AuditService.log:21
                http-4 waits for pool:orders since 0.5 s at AuditService.log:21""", graph.text(ORDERS));
    }

    @Test
    void nobodyWaitsNothingToSay() {
        assertEquals("", WaitForGraph.of(round(1, pool(POOL, 1, 2, 0), held(POOL, 1))).text(ORDERS));
    }

    @Test
    void aHolderThatWaitsForItsOwnPoolClosesACycle() {
        WaitForGraph graph = WaitForGraph.of(round(1, held(POOL, 1), waiter(POOL, 101, 3_000)));
        assertEquals(List.of("http-1", POOL, "http-1"), graph.cycle(ORDERS));
        assertTrue(graph.text(ORDERS).startsWith("cycle: http-1 -> pool:orders -> http-1\n"), graph.text(ORDERS));
    }

    @Test
    void aCycleMayLeadThroughAPoolAndAnExecutor() {
        // The worker holds the only connection and waits for a task queued in its executor; the other worker waits for the pool.
        WaitForGraph graph = WaitForGraph.of(round(1,
                held(POOL, 1).with("threadId", 7).with("thread", "reports-7"),
                blocked(7, "FutureTask@1", 0),
                waiter(POOL, 8, 2_000).with("thread", "reports-8"), blocked(8, "Semaphore@9", -1)));
        assertEquals(List.of("reports-7", EXECUTOR, "reports-7"), graph.cycle(ORDERS));
        assertEquals(Map.of(POOL, 1L), graph.blockers(ResourceId.parse(EXECUTOR)));
        assertEquals(Map.of(EXECUTOR, 1L), graph.blockers(ORDERS));
    }

    @Test
    void executorsAndLocksAreFollowedFromThreadToThread() {
        WaitForGraph graph = WaitForGraph.of(round(1,
                waitsForTask(1, "executor:a", "executor:b", 0).with("waitedFor", 9_000),
                waitsForThreads(2, "executor:b", "SYNCHRONIZER", "3"),
                waitsForTask(3, "", "executor:a", 2)));
        assertEquals("""
                cycle: t-1 -> executor:b -> t-2 -> ReentrantLock$NonfairSync@1 -> t-3 -> executor:a -> t-1
                t-3 waits for executor:a since 1.0 s at ReportService.render:57, held by t-1 at ReportService.render:57
                t-1 waits for executor:b since 9.0 s at ReportService.render:57, held by t-2 at ReportService.render:57
                t-2 waits for ReentrantLock$NonfairSync@1 since 1.0 s at ReportService.render:57, held by t-3""",
                graph.text(ResourceId.parse("executor:a")));
    }

    @Test
    void locksAreFoundByTheirCycle() {
        WaitForGraph graph = WaitForGraph.of(round(1,
                deadlocked("ab", 0, "A", "Account@2", "B"), deadlocked("ab", 1, "B", "Account@1", "A")));
        assertEquals("""
                cycle: A -> Account@2 -> B -> Account@1 -> A
                A waits for Account@2 since 4.0 s at Transfer.to:14, held by B at Transfer.from:12
                B waits for Account@1 since 4.0 s at Transfer.to:14, held by A at Transfer.from:12""", graph.text(ResourceId.parse("lock:cycle-ab")));
    }

    @Test
    void aChainWithoutACycleEnds() {
        WaitForGraph graph = WaitForGraph.of(round(1, held(POOL, 1),
                waiter("pool:audit", 101, 500), held("pool:audit", 2)));
        assertEquals(List.of(), graph.cycle(ORDERS));
        assertEquals(Map.of("pool:audit", 1L), graph.blockers(ORDERS));
    }

    @Test
    void neverLongerThanAPage() {
        List<Signal.Builder> rows = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            rows.add(held(POOL, i));
            rows.add(waiter(POOL, 1_000 + i, i));
        }
        List<String> lines = WaitForGraph.of(round(1, false, rows)).text(ORDERS).lines().toList();
        assertEquals(40, lines.size());
        assertEquals("and 172 more lines", lines.get(39));
    }
}
