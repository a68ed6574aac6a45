package io.jvmmedic.sample.orders.postgres;

import io.jvmmedic.sample.orders.bugs.Bug;
import io.jvmmedic.sample.orders.bugs.BugSwitches;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What becomes of a database while nothing is wrong with the service that uses it. */
final class DatabaseOutages {

  private final JdbcTemplate administrator;
  private final String database;
  private final AtomicBoolean failedOver = new AtomicBoolean();

  /** @param administrator connects past the network, as the superuser */
  DatabaseOutages(DataSource administrator, String database, SilentNetwork network, BugSwitches bugs) {
    this.administrator = new JdbcTemplate(administrator);
    this.database = database;
    bugs.whenSwitchedOn(Bug.DEAD_PEER, network::swallowEverything);
    bugs.whenSwitchedOn(Bug.FAILOVER, this::failOver);
    bugs.whenSwitchedOn(Bug.DB_CRASH, this::crash);
  }

  /**
   * {@link Bug#FAILOVER}: who is connected stays with a server that takes no writes any more, who connects anew finds one that
   * does. A session cannot lose what it was given at its start, so whoever came after the first failover would not feel a second.
   */
  private void failOver() {
    if (!failedOver.compareAndSet(false, true)) {
      throw new IllegalArgumentException("the database has failed over already; start the service anew to see it again");
    }
    administrator.execute("alter database " + database + " set default_transaction_read_only = off");
    administrator.execute("alter system set default_transaction_read_only = on");
    administrator.execute("select pg_reload_conf()");
  }

  /** {@link Bug#DB_CRASH}: one process of the server dies, whereupon the server ends all sessions, recovers and starts again. */
  private void crash() {
    List<Long> processes =
        administrator.queryForList("select pid from pg_stat_activity where datname = ?", Long.class, database);
    processes.stream().findAny().flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
  }
}
