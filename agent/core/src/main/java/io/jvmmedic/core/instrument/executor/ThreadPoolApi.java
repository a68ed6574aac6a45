package io.jvmmedic.core.instrument.executor;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a thread pool executor can be asked and told: the JDK's, and Tomcat's copy of it, which is no subclass. Holds the
 * executor: made for one look and dropped.
 */
interface ThreadPoolApi {

    /** The lock over its workers, which every count takes; {@code null} if unknown. */
    ReentrantLock mainLock();

    int active();

    int size();

    int core();

    int max();

    /** Its own queue: not to be changed. */
    BlockingQueue<?> queue();

    long completed();

    boolean isShutdown();

    /** Whether it never goes beyond core, and queues tasks whose time has not come. */
    boolean isScheduled();

    void setCore(int size);

    void setMax(int size);

    /** Starts one worker below core; false when there is none to start. */
    boolean startWorker();

    /** The JDK's. */
    record OfJdk(ThreadPoolExecutor executor) implements ThreadPoolApi {

        @Override
        public ReentrantLock mainLock() {
            return JdkMembers.mainLock(executor);
        }

        @Override
        public int active() {
            return executor.getActiveCount();
        }

        @Override
        public int size() {
            return executor.getPoolSize();
        }

        @Override
        public int core() {
            return executor.getCorePoolSize();
        }

        @Override
        public int max() {
            return executor.getMaximumPoolSize();
        }

        @Override
        public BlockingQueue<?> queue() {
            return executor.getQueue();
        }

        @Override
        public long completed() {
            return executor.getCompletedTaskCount();
        }

        @Override
        public boolean isShutdown() {
            return executor.isShutdown();
        }

        @Override
        public boolean isScheduled() {
            return executor instanceof ScheduledThreadPoolExecutor;
        }

        @Override
        public void setCore(int size) {
            executor.setCorePoolSize(size);
        }

        @Override
        public void setMax(int size) {
            executor.setMaximumPoolSize(size);
        }

        @Override
        public boolean startWorker() {
            return executor.prestartCoreThread();
        }
    }
}
