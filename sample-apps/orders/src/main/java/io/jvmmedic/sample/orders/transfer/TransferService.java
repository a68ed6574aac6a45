package io.jvmmedic.sample.orders.transfer;

import io.jvmmedic.sample.orders.bugs.Bug;
import io.jvmmedic.sample.orders.bugs.BugSwitches;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.springframework.stereotype.Service;

/** Moves money between accounts. */
@Service
public class TransferService {

  private static final int ACCOUNTS = 4;
  private static final long OPENING_CENTS = 1_000_000;

  private final List<Account> accounts =
      IntStream.rangeClosed(1, ACCOUNTS).mapToObj(id -> new Account(id, OPENING_CENTS)).toList();
  private final BugSwitches bugs;

  public TransferService(BugSwitches bugs) {
    this.bugs = bugs;
  }

  /** Moves the amount, with both accounts locked so that nobody sees money twice or not at all. */
  public void transfer(int from, int to, long cents) {
    if (from == to) {
      throw new IllegalArgumentException("a transfer needs two accounts");
    }
    Account source = account(from);
    Account target = account(to);
    if (bugs.isOn(Bug.LOCK_DEADLOCK)) {
      inOrderOfRequest(source, target, cents);
    } else {
      inOrderOfId(source, target, cents);
    }
  }

  public long balance(int id) {
    return account(id).balance();
  }

  private static void inOrderOfId(Account source, Account target, long cents) {
    Account first = source.id() < target.id() ? source : target;
    Account second = first == source ? target : source;
    synchronized (first) {
      synchronized (second) {
        source.book(-cents);
        target.book(cents);
      }
    }
  }

  /** {@link Bug#LOCK_DEADLOCK}: reads naturally, and locks 1-2 against 2-1. */
  private static void inOrderOfRequest(Account source, Account target, long cents) {
    synchronized (source) {
      source.book(-cents);
      synchronized (target) {
        target.book(cents);
      }
    }
  }

  private Account account(int id) {
    if (id < 1 || id > ACCOUNTS) {
      throw new NoSuchElementException("no account has the id " + id);
    }
    return accounts.get(id - 1);
  }
}
