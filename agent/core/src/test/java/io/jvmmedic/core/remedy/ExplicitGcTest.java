package io.jvmmedic.core.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each in a JVM of its own: the flags are fixed at its start. */
class ExplicitGcTest {

    /** The JVM that is asked. */
    static final class Asked {
        public static void main(String[] args) {
            System.out.print(ExplicitGc.ofThisJvm());
        }
    }

    private static String in(String... flags) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Asked.class.getName()));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            String answer = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(60, TimeUnit.SECONDS));
            return answer;
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void stopsTheWorldUnlessTheCollectorAndItsFlagSayOtherwise() throws Exception {
        assertEquals("ExplicitGc[ignored=false, concurrent=false]", in("-XX:+UseG1GC"));
        assertEquals("ExplicitGc[ignored=false, concurrent=true]", in("-XX:+UseG1GC", "-XX:+ExplicitGCInvokesConcurrent"));
        assertEquals("ExplicitGc[ignored=false, concurrent=false]",
                in("-XX:+UseSerialGC", "-XX:+ExplicitGCInvokesConcurrent"));
        assertEquals("ExplicitGc[ignored=false, concurrent=true]", in("-XX:+UseZGC"));
    }

    @Test
    void seesThatItIsIgnored() throws Exception {
        assertEquals("ExplicitGc[ignored=true, concurrent=false]", in("-XX:+UseSerialGC", "-XX:+DisableExplicitGC"));
    }

    @Test
    void assumesTheWorstWhereTheFlagsCannotBeRead() throws Exception {
        assertEquals("ExplicitGc[ignored=false, concurrent=false]",
                in("-XX:+UseZGC", "--limit-modules", "java.base,java.management"));
    }
}
