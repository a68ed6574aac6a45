package io.jvmmedic.core.util;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class GlobsTest {

    @Test
    void aStarStandsForAnyText() {
        Globs globs = Globs.of(List.of("pool:reporting", "executor:batch-*", "*:legacy#2"));
        assertTrue(globs.matches("pool:reporting"));
        assertTrue(globs.matches("executor:batch-"));
        assertTrue(globs.matches("executor:batch-nightly"));
        assertTrue(globs.matches("http:legacy#2"));
        assertFalse(globs.matches("pool:reporting2"));
        assertFalse(globs.matches("executor:batch"));
        assertFalse(globs.matches("Pool:reporting"));
    }

    @Test
    void everythingElseIsLiteral() {
        assertTrue(Globs.of(List.of("pool:a.b(c)")).matches("pool:a.b(c)"));
        assertFalse(Globs.of(List.of("pool:a.b")).matches("pool:axb"));
        assertFalse(Globs.of(List.of()).matches(""));
    }
}
