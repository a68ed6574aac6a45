package io.jvmmedic.sample.orders.price;

import java.util.Map;
import java.util.NoSuchElementException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The price list: the second service of this sample, in the same process so that one jar is enough. */
@RestController
public class PriceController {

  private static final Map<String, Integer> CENTS =
      Map.of("TEA", 450, "COFFEE", 720, "COCOA", 610, "SUGAR", 190, "MILK", 130);

  @GetMapping(path = "/prices/{sku}", produces = "text/plain")
  public String price(@PathVariable String sku) {
    Integer cents = CENTS.get(sku);
    if (cents == null) {
      throw new NoSuchElementException("no price for " + sku);
    }
    return cents.toString();
  }
}
