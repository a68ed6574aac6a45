package io.jvmmedic.sample.orders.report;

import java.util.Map;

/** How many pieces the newest orders sold, by product and by customer. */
public record Report(Map<String, Integer> bySku, Map<String, Integer> byCustomer) {}
