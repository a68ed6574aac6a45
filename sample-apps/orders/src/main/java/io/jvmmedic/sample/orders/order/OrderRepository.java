package io.jvmmedic.sample.orders.order;

import java.util.List;
import java.util.NoSuchElementException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Repository;

/** Orders in the data base. */
@Repository
public class OrderRepository {

  private static final RowMapper<Order> ROW =
      (row, n) ->
          new Order(
              row.getLong("id"),
              row.getString("customer"),
              row.getString("sku"),
              row.getInt("quantity"),
              row.getInt("discount"));

  private final JdbcClient jdbc;

  public OrderRepository(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Stores the order under a new id. */
  public Order insert(NewOrder order, int discount) {
    KeyHolder key = new GeneratedKeyHolder();
    jdbc.sql("insert into orders (customer, sku, quantity, discount) values (?, ?, ?, ?)")
        .params(order.customer(), order.sku(), order.quantity(), discount)
        .update(key, "id");
    long id = key.getKeyAs(Number.class).longValue();
    return new Order(id, order.customer(), order.sku(), order.quantity(), discount);
  }

  public Order find(long id) {
    return jdbc.sql("select * from orders where id = ?")
        .param(id)
        .query(ROW)
        .optional()
        .orElseThrow(() -> new NoSuchElementException("no order has the id " + id));
  }

  /** The newest orders, newest first. */
  public List<Order> newest(int limit) {
    return jdbc.sql("select * from orders order by id desc limit ?").param(limit).query(ROW).list();
  }
}
