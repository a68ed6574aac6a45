package io.jvmmedic.sample.orders.transfer;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /transfers?from=1&to=2&cents=5} moves money. */
@RestController
public class TransferController {

  private final TransferService transfers;

  public TransferController(TransferService transfers) {
    this.transfers = transfers;
  }

  /** The balance of the source account afterwards. */
  public record Receipt(int from, int to, long cents, long balance) {}

  @PostMapping("/transfers")
  public Receipt transfer(@RequestParam int from, @RequestParam int to, @RequestParam long cents) {
    transfers.transfer(from, to, cents);
    return new Receipt(from, to, cents, transfers.balance(from));
  }
}
