package io.jvmmedic.bootstrap.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What a detector came to believe, with its proof. Public schema: a field is added, never renamed. */
@Name("jvmmedic.Finding")
@Label("Finding")
@Description("What a detector came to believe, with its proof")
@Category({"JVM Medic", "Decisions"})
@StackTrace(false)
public final class Finding extends Event {

    @Label("Incident")
    @Description("Ties all rows of one incident together and names its folder")
    public String incidentId;

    @Label("Resource")
    @Description("What the row is about, for example pool:orders")
    public String resource;

    @Label("Detector")
    @Description("Detector")
    public String detector;

    @Label("Fault")
    @Description("Class of fault")
    public String fault;

    @Label("Confidence")
    @Description("HINT, SUSPECTED or CERTAIN")
    public String confidence;

    @Label("Summary")
    @Description("One sentence")
    public String summary;

    @Label("Proof")
    @Description("Why it is believed")
    public String proof;

    @Label("Cause")
    @Description("Who causes it, with the code site")
    public String cause;

    @Label("Victims")
    @Description("Who suffers from it")
    public String victims;

    @Label("Advice")
    @Description("What to fix in the code")
    public String advice;

    @Label("Wait-for Graph")
    @Description("Who waits for what, held by whom, at which line, since when; one wait a line, empty if nobody waits")
    public String waitForGraph;
}
