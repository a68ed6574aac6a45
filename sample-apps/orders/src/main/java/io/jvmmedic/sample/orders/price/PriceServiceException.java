package io.jvmmedic.sample.orders.price;

/** The price service cannot be asked. */
public class PriceServiceException extends RuntimeException {

  public PriceServiceException(String sku, Throwable cause) {
    super("the price of " + sku + " cannot be asked: " + cause.getMessage(), cause);
  }
}
