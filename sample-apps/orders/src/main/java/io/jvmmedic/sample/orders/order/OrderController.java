package io.jvmmedic.sample.orders.order;

import io.jvmmedic.sample.orders.price.PriceClient;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Places, lists and quotes orders. */
@RestController
@RequestMapping("/orders")
public class OrderController {

  private static final int PAGE = 20;
  private static final int LIST_PRICE_CENTS = 9_900;

  private final OrderService service;
  private final OrderRepository orders;
  private final CouponRepository coupons;
  private final PriceClient prices;

  public OrderController(
      OrderService service, OrderRepository orders, CouponRepository coupons, PriceClient prices) {
    this.service = service;
    this.orders = orders;
    this.coupons = coupons;
    this.prices = prices;
  }

  /** What an order costs today. */
  public record Quote(long orderId, long cents) {}

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  public Order place(@RequestBody NewOrder order) {
    return service.place(order, discount(order.coupon()));
  }

  @GetMapping
  public List<Order> newest() {
    return orders.newest(PAGE);
  }

  /** Quotes at today's price; a product that is no longer sold is quoted at its list price. */
  @GetMapping("/{id}/quote")
  public Quote quote(@PathVariable long id) {
    Order order = orders.find(id);
    long unit = prices.centsOf(order.sku()).orElse(LIST_PRICE_CENTS);
    return new Quote(id, unit * order.quantity() * (100 - order.discount()) / 100);
  }

  /** An unknown coupon is no reason to lose a sale. */
  private int discount(String coupon) {
    if (coupon == null) {
      return 0;
    }
    try {
      return coupons.discount(coupon);
    } catch (UnknownCouponException e) {
      return 0;
    }
  }
}
