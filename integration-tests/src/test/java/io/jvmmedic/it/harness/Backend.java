package io.jvmmedic.it.harness;

/** What a scenario has to itself beside its patient, for as long as that lives. */
interface Backend extends AutoCloseable {

    /** What the patient connects to. */
    String url();

    @Override
    void close();
}
