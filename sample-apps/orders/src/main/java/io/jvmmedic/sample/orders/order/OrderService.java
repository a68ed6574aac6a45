package io.jvmmedic.sample.orders.order;

import io.jvmmedic.sample.orders.RemoteSystem;
import java.time.Duration;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Places orders. */
@Service
public class OrderService {

  private static final Duration PAYMENT_LATENCY = Duration.ofMillis(15);

  private final OrderRepository orders;
  private final AuditTrail audit;

  public OrderService(OrderRepository orders, AuditTrail audit) {
    this.orders = orders;
    this.audit = audit;
  }

  /** Stores the order, has it paid and leaves a line in the audit trail: all of it or nothing. */
  @Transactional
  public Order place(NewOrder wanted, int discount) {
    Order order = orders.insert(wanted, discount);
    RemoteSystem.roundTrip(PAYMENT_LATENCY);
    audit.record(order);
    return order;
  }
}
