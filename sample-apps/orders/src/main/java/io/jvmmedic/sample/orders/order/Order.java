package io.jvmmedic.sample.orders.order;

/** An accepted order; the discount is in per cent. */
public record Order(long id, String customer, String sku, int quantity, int discount) {}
