package io.jvmmedic.it.harness;

/** How the agent gets into the patient. */
public enum Attach {
    /** {@code -javaagent}. */
    PREMAIN,
    /** Through the attach mechanism, once the patient has said that it is ready. */
    HOT,
    /** Not at all: what the fault does when nobody helps. */
    NONE
}
