package io.jvmmedic.core.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTroubleTest {

    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {
            "08006, 0, LOST", "70100, 1927, LOST", "70100, 1317, OTHER", "HY000, 4031, LOST", "HY000, 1040, FULL",
            "08S01, 0, LOST", "57P01, 0, LOST", "57P02, 0, LOST", "08003, 17008, LOST",
            "25006, 0, READ_ONLY", "25006, 1792, READ_ONLY", "HY000, 1836, READ_ONLY", "72000, 16000, READ_ONLY",
            "53300, 0, FULL", "08004, 1040, FULL", "42000, 1203, FULL", "61000, 20, FULL", "66000, 12519, FULL",
            "08004, 0, LOST", "57014, 0, OTHER", "23505, 0, OTHER", "42000, 1040, OTHER", "72000, 1040, OTHER",
            "HY000, 1290, OTHER", "null, 0, OTHER", "'', 0, OTHER"})
    void statesAndVendorCodes(String state, int code, SqlTrouble.Kind kind) {
        assertEquals(kind, SqlTrouble.of(new SQLException("what happened", state, code)).kind());
    }

    @Test
    void anOptionThatPreventsAStatementCountsOnlyIfItIsTheReadOnlyOne() {
        assertEquals(SqlTrouble.Kind.READ_ONLY, SqlTrouble.of(new SQLException(
                "The MySQL server is running with the --read-only option so it cannot execute this statement",
                "HY000", 1290)).kind());
        assertEquals(SqlTrouble.Kind.OTHER, SqlTrouble.of(new SQLException(
                "The MySQL server is running with the --secure-file-priv option so it cannot execute this statement",
                "HY000", 1290)).kind());
    }

    @Test
    void theReasonMayBeFurtherDownTheChain() {
        SQLException reason = new SQLException("too many clients already", "53300");
        BatchUpdateException batch = new BatchUpdateException("batch", "23000", 0, new int[0]);
        batch.setNextException(reason);
        assertEquals(new SqlTrouble(SqlTrouble.Kind.FULL, "53300"), SqlTrouble.of(new IOException(batch)));
    }

    @Test
    void aRingOfCausesEnds() {
        SQLException one = new SQLException("one", "23505");
        SQLException two = new SQLException("two", "23505", one);
        one.initCause(two);
        assertEquals("23505", SqlTrouble.of(one).text());
    }

    @Test
    void aTimeoutSaysNothingOfItsSession() {
        assertEquals(SqlTrouble.Kind.OTHER, SqlTrouble.of(new SQLTimeoutException("slow", "08006")).kind());
        assertEquals(SqlTrouble.Kind.OTHER, SqlTrouble.of(new OutOfMemoryError()).kind());
    }
}
