package io.jvmmedic.core.treatment;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.remedy.Loan;
import io.jvmmedic.core.util.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoanBookTest {

    private static final Duration STEP = Duration.ofMillis(500);

    private final FakeClock clock = new FakeClock();
    private final List<String> undone = new CopyOnWriteArrayList<>();
    private final LoanBook book = new LoanBook(clock, Duration.ofSeconds(2),
            (incident, resource, remedy, loan, outcome, reason) -> undone.add(outcome));
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int hangsFor;
    private volatile boolean needed;
    private volatile Optional<String> useless = Optional.empty();

    private final Loan loan = new Loan() {
        @Override
        public String text() {
            return "maximum 4 -> 5";
        }

        @Override
        public boolean unneeded() {
            if (asked.incrementAndGet() <= hangsFor) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return !needed;
        }

        @Override
        public Optional<String> useless() {
            return useless;
        }

        @Override
        public boolean moot() {
            return false;
        }

        @Override
        public void giveBack() {
            // The audit tells.
        }
    };

    @AfterEach
    void release() {
        released.countDown();
    }

    private void lend() {
        book.lend("incident-1", ResourceId.parse("pool:orders"), "grow-pool", loan);
    }

    private void stepUntil(Callable<Boolean> done) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            clock.advance(STEP);
            book.step();
            return done.call();
        });
    }

    @Test
    void whatWasNotNeededForAWhileIsGivenBack() {
        lend();
        stepUntil(() -> book.size() == 0);
        assertEquals(List.of("GIVEN_BACK"), undone);
    }

    @Test
    void aQuestionThatIsNeverAnsweredIsAskedAgain() {
        hangsFor = 1;
        lend();
        stepUntil(() -> book.size() == 0);
        assertEquals(List.of("GIVEN_BACK"), undone);
        assertTrue(asked.get() >= 2);
    }

    @Test
    void aHostThatNeverAnswersCostsSomeThreadsAndNoMore() {
        hangsFor = Integer.MAX_VALUE;
        lend();
        stepUntil(() -> asked.get() == 4);
        for (int i = 0; i < 40; i++) {
            clock.advance(STEP);
            book.step();
        }
        assertEquals(4, asked.get());
        assertEquals(1, book.size());
        released.countDown();
        stepUntil(() -> book.size() == 0);
    }

    @Test
    void whatHelpsNobodyIsGivenBackAtOnceHoweverManyWait() {
        needed = true;
        lend();
        stepUntil(() -> asked.get() >= 3);
        assertEquals(1, book.size(), "needed");
        useless = Optional.of("the database said no");
        int before = asked.get();
        stepUntil(() -> book.size() == 0);
        assertEquals(List.of("GIVEN_BACK"), undone);
        assertTrue(asked.get() <= before + 1, "without waiting for a time in which it is not needed");
    }
}
