package io.jvmmedic.sample.orders.order;

import io.jvmmedic.sample.orders.bugs.Bug;
import io.jvmmedic.sample.orders.bugs.BugSwitches;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Coupons and their discounts. */
@Repository
public class CouponRepository {

  private static final String DISCOUNT = "select discount from coupons where code = ?";

  private final JdbcClient jdbc;
  private final DataSource dataSource;
  private final BugSwitches bugs;

  public CouponRepository(JdbcClient jdbc, DataSource dataSource, BugSwitches bugs) {
    this.jdbc = jdbc;
    this.dataSource = dataSource;
    this.bugs = bugs;
  }

  /** The discount, in per cent, that a coupon grants. */
  public int discount(String code) throws UnknownCouponException {
    return bugs.isOn(Bug.LEAK) ? discountByHand(code) : discountByTemplate(code);
  }

  private int discountByTemplate(String code) throws UnknownCouponException {
    List<Integer> discounts = jdbc.sql(DISCOUNT).param(code).query(Integer.class).list();
    if (discounts.isEmpty()) {
      throw new UnknownCouponException(code);
    }
    return discounts.get(0);
  }

  /** {@link Bug#LEAK}: closes what it opened, except when the coupon is unknown. */
  private int discountByHand(String code) throws UnknownCouponException {
    try {
      Connection connection = dataSource.getConnection();
      PreparedStatement statement = connection.prepareStatement(DISCOUNT);
      statement.setString(1, code);
      ResultSet row = statement.executeQuery();
      if (!row.next()) {
        throw new UnknownCouponException(code);
      }
      int discount = row.getInt(1);
      row.close();
      statement.close();
      connection.close();
      return discount;
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("coupons cannot be read", e);
    }
  }
}
