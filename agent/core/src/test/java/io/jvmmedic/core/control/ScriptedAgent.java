package io.jvmmedic.core.control;

import io.jvmmedic.core.model.Mode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** An agent that answers from a script and remembers what it was told to do. */
final class ScriptedAgent implements AgentView {

    final CountDownLatch detached = new CountDownLatch(1);
    volatile Mode mode = Mode.HEAL;
    volatile boolean paused;
    volatile boolean fullDump;
    volatile CountDownLatch blockIncidents = new CountDownLatch(0);

    @Override
    public StatusView status() {
        return new StatusView("1.2.3", 42, "orders", 1_000, mode.toString(), paused, "premain", "streaming", "", 0, "",
                0, Map.of("pool", 1), List.of(new StatusView.Part("hikari", "APPLIED", "")), List.of(), List.of(),
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    @Override
    public List<PoolView> pools() {
        return List.of(new PoolView("pool:orders", "HikariCP", 10, 0, 10, 4, 2_500, 77, 1));
    }

    @Override
    public HoldersView holders(String resource) throws Refusal {
        if (!resource.equals("orders, \u00fcber 100%")) {
            throw Refusal.usage("There is no resource '" + resource + "'.");
        }
        return new HoldersView(pools().get(0), List.of(), List.of());
    }

    @Override
    public List<IncidentView> incidents() {
        try {
            blockIncidents.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return List.of();
    }

    @Override
    public ExplanationView explain(String id) {
        throw new IllegalStateException("no memory");
    }

    @Override
    public Mode setMode(Mode wanted) {
        Mode before = mode;
        mode = wanted;
        return before;
    }

    @Override
    public boolean pause() {
        boolean changed = !paused;
        paused = true;
        return changed;
    }

    @Override
    public boolean resume() {
        boolean changed = paused;
        paused = false;
        return changed;
    }

    @Override
    public DumpView dump(boolean full) throws Refusal {
        if (!full) {
            throw Refusal.refused("nothing holds or waits");
        }
        fullDump = true;
        return new DumpView(List.of("/tmp/threads.txt"));
    }

    @Override
    public void detach() {
        detached.countDown();
    }
}
