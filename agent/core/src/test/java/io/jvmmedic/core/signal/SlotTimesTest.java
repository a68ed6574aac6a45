package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.util.Activity;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotTimesTest {

    private static final String PAY = "com.acme.Pay.now(Pay.java:1)";
    private static final String REPORT = "com.acme.Report.run(Report.java:2)";

    private final SlotTimes times = new SlotTimes();

    @Test
    void eachLookStandsForTheTimeSinceTheOneBefore() {
        times.open(10);
        times.look(PAY, Activity.IO, false);
        times.look(PAY, Activity.JDBC, false);
        times.look(REPORT, Activity.PARKED, true);
        times.open(11);
        times.look(PAY, Activity.IO, false);
        // One round was missed.
        times.open(13);
        times.look(PAY, Activity.UNKNOWN, false);
        times.unseen(2);
        assertEquals(List.of(new SlotTime(PAY, 1, 1_000, 2_000, 2_000), new SlotTime("", 2, 0, 0, 4_000),
                new SlotTime(REPORT, 0, 1_000, 0, 0)), times.at(13));
    }

    @Test
    void aNewJamBeginsFromNothingAndAnOldOneIsForgotten() {
        times.open(10);
        times.look(PAY, Activity.IO, false);
        times.open(40);
        times.look(PAY, Activity.IO, false);
        assertEquals(3_000, times.at(40).get(0).millis(), "the same jam, and no more than two seconds for a gap");
        assertEquals(List.of(), times.at(71));
        times.open(200);
        times.look(PAY, Activity.IO, false);
        assertEquals(1_000, times.at(200).get(0).millis());
    }

    @Test
    void sitesAreBounded() {
        times.open(1);
        for (int i = 0; i < 10_000; i++) {
            times.look("site-" + i, Activity.JDBC, false);
        }
        List<SlotTime> all = times.at(1);
        assertTrue(all.size() <= 51, "sites " + all.size());
        assertEquals(10_000_000, all.stream().mapToLong(SlotTime::millis).sum());
    }
}
