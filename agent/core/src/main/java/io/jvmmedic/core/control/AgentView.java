package io.jvmmedic.core.control;

import io.jvmmedic.core.model.Mode;
import java.io.IOException;
import java.util.List;

/**
 * The running agent as its user sees it. Called on threads of the agent, several at a time, and never on the engine's or
 * the sampler's; every method must return within a few seconds.
 */
public interface AgentView {

    StatusView status();

    /** Everything with slots: JDBC pools, HTTP clients, executors. */
    List<PoolView> pools();

    /**
     * Who holds and who waits.
     *
     * @param resource {@code pool:orders}, or its name alone while only one resource has it
     */
    HoldersView holders(String resource) throws Refusal;

    /** Newest first; those still open and those that ended, as many as are remembered. */
    List<IncidentView> incidents();

    /** @param id of an incident, or the start of it while only one incident begins so */
    ExplanationView explain(String id) throws Refusal;

    /** Sets the mode until the JVM ends; returns the one it was. */
    Mode setMode(Mode mode) throws Refusal;

    /** No new treatment begins until {@link #resume()}; finding and recording go on. Returns whether that is a change. */
    boolean pause();

    /** Returns whether that is a change. */
    boolean resume();

    /**
     * Writes evidence of this moment.
     *
     * @param full all threads; else those that hold or wait
     */
    DumpView dump(boolean full) throws Refusal, IOException;

    /**
     * Gives all loans back, restores every class and lets go of the agent. {@link AgentProperties#withdraw()} comes
     * last: who asked for the detach watches for it.
     */
    void detach();
}
