package com.acme;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Work of an application that waits for work, or for an answer, as reports see it. */
public final class Consumers {

    private final BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();

    /** What many applications put around each task. */
    public void traced(Runnable task) {
        task.run();
    }

    /** Comes back each moment to look whether there is something to do. */
    public void pollForEver() {
        try {
            while (true) {
                Runnable order = orders.poll(10, TimeUnit.MILLISECONDS);
                if (order != null) {
                    order.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public synchronized void waitForEver() {
        try {
            while (true) {
                wait(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void take() {
        try {
            orders.take().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
