package io.jvmmedic.core.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LookRestTest {

    private static final long MILLI = 1_000_000;

    private final LookRest rest = new LookRest();

    @Test
    void restsInProportionToTheCheapestOfFourLooks() {
        assertEquals(900, rest.millisAfter(80 * MILLI), "the first look loads classes");
        assertEquals(900, rest.millisAfter(4 * MILLI));
        assertEquals(900, rest.millisAfter(6 * MILLI));
        assertEquals(2_000, rest.millisAfter(5 * MILLI));
        assertEquals(2_000, rest.millisAfter(200 * MILLI), "held up");
        assertEquals(900, rest.millisAfter(MILLI));
    }

    @Test
    void isNotBlindForLongWhereEveryLookIsHeldUp() {
        for (int look = 0; look < 8; look++) {
            assertTrue(rest.millisAfter(200 * MILLI) <= 5_000);
        }
        assertEquals(5_000, rest.millisAfter(200 * MILLI));
    }
}
