package io.jvmmedic.bootstrap;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.List;

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

    /**
     * Makes an object of the core's code that stays when the core goes: in a loader of its own, which has nothing but what
     * that object needs.
     *
     * @param type with a constructor that takes a list
     * @param argument of types of the JDK only, or the core would stay with it
     */
    public static synchronized Object lasting(String type, List<Object[]> argument)
            throws IOException, ReflectiveOperationException {
        // Without a loader there is no agent around, but a test.
        ClassLoader own = loader == null ? Bridge.class.getClassLoader() : loader.sibling();
        return Class.forName(type, true, own).getConstructor(List.class).newInstance(argument);
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
