package io.jvmmedic.core.remedy;

/** The last thing done with the agent's own records before a restart. */
@FunctionalInterface
public interface FinalRites {

    /**
     * Forces journal, incident folder and recording to disk. May be cut off: the restart does not wait for a disk that
     * hangs.
     *
     * @param reason why the JVM ends, one sentence
     */
    void flush(String reason) throws Exception;
}
