package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LookRestTest {

    private static final long MILLI = 1_000_000;

    @Test
    void restsInProportionToTheCheaperOfTwoLooks() {
        LookRest rest = new LookRest();
        assertEquals(900, rest.millisAfter(80 * MILLI), "the first look loads classes");
        assertEquals(1_500, rest.millisAfter(3 * MILLI));
        assertEquals(1_500, rest.millisAfter(200 * MILLI), "held up once");
        assertEquals(100_000, rest.millisAfter(200 * MILLI), "dear indeed");
        assertEquals(900, rest.millisAfter(MILLI));
    }
}
