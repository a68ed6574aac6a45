package io.jvmmedic.sample.orders.order;

/** What a customer sends; {@code coupon} is optional. */
public record NewOrder(String customer, String sku, int quantity, String coupon) {

  public NewOrder {
    if (customer == null || customer.isBlank() || sku == null || sku.isBlank() || quantity < 1) {
      throw new IllegalArgumentException("an order needs a customer, a sku and a quantity of at least 1");
    }
  }
}
