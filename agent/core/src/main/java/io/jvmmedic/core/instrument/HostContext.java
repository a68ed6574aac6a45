package io.jvmmedic.core.instrument;

/**
 * Runs a call into the host with the context class loader it would have had there. Libraries start threads from such
 * calls, threads inherit the loader of the one that starts them, and ours have none: a driver or a task that looks for
 * its service files on such a worker would not find them.
 */
public final class HostContext {

    /** The call; may throw anything. */
    @FunctionalInterface
    public interface Call {
        void run() throws Throwable;
    }

    private HostContext() {
    }

    public static void with(ClassLoader loader, Call call) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            call.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
