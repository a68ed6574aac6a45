package io.jvmmedic.bootstrap;

import java.io.File;
import java.lang.instrument.Instrumentation;

/**
 * The latch and the way over from the launcher into the isolated core. Lives on the boot loader, so there is one per
 * JVM whatever loader or attach asks.
 */
public final class Bridge {

    private static final String CORE = "io.jvmmedic.core.boot.MedicCore";

    private static AgentCore core;
    private static CoreLoader loader;

    private Bridge() {
    }

    /**
     * Starts the core, or, when it already runs, hands {@code arguments} to it as a command: a second attach changes
     * nothing else.
     *
     * @param arguments the agent arguments, {@code k=v,k=v}; {@code null} for none
     * @param hotAttach true when called through the attach mechanism
     */
    public static synchronized void launch(
            String arguments, Instrumentation instrumentation, File jar, boolean hotAttach) throws Exception {
        if (core != null) {
            core.command(arguments == null ? "" : arguments);
            return;
        }
        CoreLoader fresh = new CoreLoader(jar);
        try {
            AgentCore starting = (AgentCore) Class.forName(CORE, true, fresh).getDeclaredConstructor().newInstance();
            if (starting.start(instrumentation, jar, arguments == null ? "" : arguments, hotAttach)) {
                core = starting;
                loader = fresh;
                return;
            }
        } catch (Throwable e) {
            Hooks.disconnect();
            fresh.close();
            throw e;
        }
        fresh.close();
    }

    /** Forgets the core and closes its loader, so that the loader can be collected; a later attach starts afresh. */
    public static synchronized void detached(AgentCore stopped) {
        if (core != stopped) {
            return;
        }
        Hooks.disconnect();
        core = null;
        loader.close();
        loader = null;
        try {
            RecordCaches.forgetCore();
        } catch (Throwable e) {
            // The loader then stays until the host links a record of its own; it is inert either way.
        }
    }
}
