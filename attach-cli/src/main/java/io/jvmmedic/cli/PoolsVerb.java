package io.jvmmedic.cli;

import io.jvmmedic.cli.text.Table;
import io.jvmmedic.cli.text.Terminal;
import io.jvmmedic.cli.text.Words;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "pools", description = "Pools, HTTP clients and executors, now.")
final class PoolsVerb extends TargetVerb {

    PoolsVerb(Terminal terminal) {
        super(terminal, "pools");
    }

    @Override
    void show(Answer answer) {
        List<Answer> pools = answer.rows();
        if (pools.isEmpty()) {
            terminal().say("Nothing is watched yet in " + answer.jvm() + ": a pool appears with its first use.");
            return;
        }
        table(pools).print(terminal());
    }

    static Table table(List<Answer> pools) {
        Table table = new Table("RESOURCE*", "LIBRARY*", ">USED", ">IDLE", ">MAX", ">WAITING", ">OLDEST", ">SERVED");
        for (Answer pool : pools) {
            table.row(pool.text("resource"), pool.text("library"), known(pool.number("used")), known(pool.number("idle")),
                    pool.number("max") == -1 || pool.number("max") == Integer.MAX_VALUE ? "none" : pool.number("max"),
                    known(pool.number("waiting")),
                    pool.number("waiting") == 0 ? "" : Words.millis(pool.number("oldestWaitMillis")),
                    known(pool.number("served")));
        }
        return table;
    }

    private static String known(long number) {
        return number == -1 ? "-" : Long.toString(number);
    }
}
