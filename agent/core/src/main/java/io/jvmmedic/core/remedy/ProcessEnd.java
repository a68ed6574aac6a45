package io.jvmmedic.core.remedy;

import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.util.Clock;

/** What ends a process and what takes time on the way; tests bring their own. */
interface ProcessEnd {

    ProcessEnd REAL = new ProcessEnd() {
        @Override
        public void exit(int code) {
            System.exit(code);
        }

        @Override
        public void halt(int code) {
            Runtime.getRuntime().halt(code);
        }

        @Override
        public void pause(long millis) throws InterruptedException {
            Thread.sleep(millis);
        }

        @Override
        public Thread start(String role, Runnable work) {
            Thread thread = new MedicThread(work, role);
            thread.start();
            return thread;
        }

        @Override
        public long monotonicMillis() {
            return Clock.SYSTEM.monotonicMillis();
        }
    };

    /** Does not return: it waits for the shutdown hooks. */
    void exit(int code);

    /** Runs no hook; works while hooks hang. */
    void halt(int code);

    void pause(long millis) throws InterruptedException;

    Thread start(String role, Runnable work);

    long monotonicMillis();
}
