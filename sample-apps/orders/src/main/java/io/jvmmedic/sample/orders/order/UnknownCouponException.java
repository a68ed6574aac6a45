package io.jvmmedic.sample.orders.order;

/** A coupon that does not exist or has expired. */
public class UnknownCouponException extends Exception {

  public UnknownCouponException(String code) {
    super("no coupon has the code " + code);
  }
}
