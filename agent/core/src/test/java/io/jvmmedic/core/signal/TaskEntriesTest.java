package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TaskEntriesTest {

    private static final String TRACED = "com.acme.Traced.run(Traced.java:12)";

    private final TaskEntries entries = new TaskEntries();

    private String meet(String... path) {
        entries.learn(List.of(path));
        return entries.entry(List.of(path));
    }

    @Test
    void aTaskBeginsAtItsOutermostFrame() {
        assertEquals("com.acme.Report.run", meet("com.acme.Report.run(Report.java:8)"));
        assertEquals("com.acme.Report.run", meet("com.acme.Report.run(Report.java:8)", "com.acme.Db.load(Db.java:4)"));
        assertEquals("com.acme.Report.run", meet("com.acme.Report.run(Report.java:9)", "com.acme.Mail.send(Mail.java:4)"));
        assertEquals("com.acme.Report.run", meet("com.acme.Report.run(Report.java:8)", "com.acme.Db.load(Db.java:7)"));
    }

    @Test
    void aLineThatCallsDifferentMethodsHandsWorkOn() {
        assertEquals("com.acme.Traced.run", meet(TRACED, "com.acme.Report.run(Report.java:8)", "com.acme.Db.load(Db.java:4)"));
        assertEquals("com.acme.Consumer.run", meet(TRACED, "com.acme.Consumer.run(Consumer.java:8)"));
        assertEquals("com.acme.Report.run", meet(TRACED, "com.acme.Report.run(Report.java:8)", "com.acme.Db.load(Db.java:4)"));
        assertEquals("com.acme.Traced.run", meet(TRACED), "seen in the wrapper itself");
    }

    @Test
    void wrappersMayBeWrapped() {
        String mdc = "com.acme.Mdc.call(Mdc.java:5)";
        meet(TRACED, mdc, "com.acme.Report.run(Report.java:8)");
        meet(TRACED, "com.acme.Mail.run(Mail.java:8)");
        meet(TRACED, mdc, "com.acme.Report.run(Report.java:8)");
        assertEquals("com.acme.Consumer.run", meet(TRACED, mdc, "com.acme.Consumer.run(Consumer.java:8)"));
    }
}
