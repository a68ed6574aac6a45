package com.acme;

import java.util.concurrent.CountDownLatch;

/** Work of an application, as reports see it: two methods that wait until the end. */
public final class Waiting {

    private final CountDownLatch up;
    private final CountDownLatch end = new CountDownLatch(1);

    /** @param threads that will come */
    public Waiting(int threads) {
        up = new CountDownLatch(threads);
    }

    public void serveOrder() {
        await();
    }

    public void serveLast() {
        await();
    }

    /** Waits until all of them are here. */
    public void awaitAll() throws InterruptedException {
        up.await();
    }

    public void end() {
        end.countDown();
    }

    private void await() {
        up.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
