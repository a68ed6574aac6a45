package io.jvmmedic.sample.orders.load;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;

/** What a user of the service does over and over. */
enum Route {
  /** Places orders, now and then with a coupon that has expired, and looks at the newest ones in between. */
  ORDERS {
    @Override
    HttpRequest.Builder request(URI base, int user, long turn) {
      long step = turn + user;
      if (step % LOOK_EVERY == 0) {
        return HttpRequest.newBuilder(base.resolve("/orders"));
      }
      String coupon = step % EXPIRED_COUPON_EVERY == 1 ? "\"SUMMER19\"" : "null";
      String order =
          "{\"customer\":\"user-%d\",\"sku\":\"TEA\",\"quantity\":1,\"coupon\":%s}".formatted(user, coupon);
      return HttpRequest.newBuilder(base.resolve("/orders"))
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(order));
    }
  },
  /** Asks what the orders of the sample data cost, two in twenty of which name a product without a price. */
  QUOTES {
    @Override
    HttpRequest.Builder request(URI base, int user, long turn) {
      return HttpRequest.newBuilder(base.resolve("/orders/" + (1 + (turn + user) % SAMPLE_ORDERS) + "/quote"));
    }
  },
  REPORTS {
    @Override
    HttpRequest.Builder request(URI base, int user, long turn) {
      return HttpRequest.newBuilder(base.resolve("/reports"));
    }
  },
  /** Moves money between two accounts: the even users one way, the odd users back. */
  TRANSFERS {
    @Override
    HttpRequest.Builder request(URI base, int user, long turn) {
      String accounts = user % 2 == 0 ? "from=1&to=2" : "from=2&to=1";
      return HttpRequest.newBuilder(base.resolve("/transfers?cents=5&" + accounts))
          .POST(BodyPublishers.noBody());
    }
  };

  private static final int LOOK_EVERY = 7;
  private static final int EXPIRED_COUPON_EVERY = 20;
  private static final int SAMPLE_ORDERS = 20;

  /** The next request of a user of this route. */
  abstract HttpRequest.Builder request(URI base, int user, long turn);
}
