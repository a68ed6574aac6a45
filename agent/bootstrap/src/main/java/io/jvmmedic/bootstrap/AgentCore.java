package io.jvmmedic.bootstrap;

import java.io.File;
import java.lang.instrument.Instrumentation;

/** What the bridge knows of the core behind the isolated loader. */
public interface AgentCore {

    /**
     * Installs the agent; returns quickly, slow work goes to an own daemon thread.
     *
     * @return false when a preflight check refused; the reason has been said on stderr
     */
    boolean start(Instrumentation instrumentation, File jar, String arguments, boolean hotAttach);

    /** A command carried by a later attach, {@code k=v,k=v}. Never throws. */
    void command(String arguments);
}
