package io.jvmmedic.bootstrap;

/**
 * Every thread of the agent: daemon, named {@code jvm-medic-<role>}, without context class loader and without the
 * host's inheritable thread-locals. Hooks return at once on such a thread, else an executor probe would observe the
 * agent itself.
 */
public final class MedicThread extends Thread {

    /** Start of every name, so that a host's thread dump shows at a glance what is ours. */
    public static final String PREFIX = "jvm-medic-";

    public MedicThread(Runnable task, String role) {
        super(null, task, PREFIX + role, 0, false);
        setDaemon(true);
        setContextClassLoader(null);
        setUncaughtExceptionHandler((thread, error) -> AdviceFailures.count(error));
    }
}
