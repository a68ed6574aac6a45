package io.jvmmedic.sample.orders.order;

import io.jvmmedic.sample.orders.bugs.Bug;
import io.jvmmedic.sample.orders.bugs.BugSwitches;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** One line for each order that somebody tried to place. */
@Component
public class AuditTrail {

  private final JdbcClient jdbc;
  private final TransactionTemplate joined;
  private final TransactionTemplate separate;
  private final BugSwitches bugs;

  public AuditTrail(JdbcClient jdbc, PlatformTransactionManager transactions, BugSwitches bugs) {
    this.jdbc = jdbc;
    this.joined = new TransactionTemplate(transactions);
    this.separate = new TransactionTemplate(transactions);
    this.separate.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    this.bugs = bugs;
  }

  /**
   * Writes the line.
   *
   * <p>{@link Bug#NESTED_TX}: "the line has to survive a roll-back of the order" led to {@code REQUIRES_NEW}, which borrows a second
   * connection while the caller's transaction keeps the first.
   */
  public void record(Order order) {
    TransactionTemplate transaction = bugs.isOn(Bug.NESTED_TX) ? separate : joined;
    transaction.executeWithoutResult(
        status ->
            jdbc.sql("insert into audit_trail (order_id, customer) values (?, ?)")
                .params(order.id(), order.customer())
                .update());
  }
}
