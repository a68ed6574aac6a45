package io.jvmmedic.core.boot;

import io.jvmmedic.core.util.Jdk;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What must hold before anything is installed, as data: each check is one function from the JVM to an optional sentence.
 * {@code -Djvmmedic.ignore-preflight=true} turns refusals into warnings.
 */
final class Preflight {

    static final String OVERRIDE = "jvmmedic.ignore-preflight";
    private static final int OLDEST = 17;

    private record Check(boolean refuses, Function<Instrumentation, Optional<String>> ask) {
    }

    private static final List<Check> CHECKS = List.of(
            new Check(true, jvm -> when(Jdk.feature() < OLDEST,
                    "this is Java " + Jdk.feature() + ", the agent needs Java " + OLDEST + " or newer")),
            new Check(true, jvm -> when(!jvm.isRetransformClassesSupported(),
                    "this JVM cannot retransform classes, so nothing could be restored at detach")),
            new Check(false, jvm -> when(hasSecurityManager(),
                    "a SecurityManager is installed; the agent asks for no permissions and may be refused some")),
            new Check(false, jvm -> when(!Jdk.hasModule("java.management"),
                    "this Java has no module java.management: lock deadlocks and CPU times cannot be seen")));

    private Preflight() {
    }

    /** What was found. */
    record Result(List<String> refusals, List<String> warnings) {
    }

    static Result run(Instrumentation instrumentation) {
        List<String> refusals = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Check check : CHECKS) {
            check.ask().apply(instrumentation).ifPresent(
                    (check.refuses() && !Boolean.getBoolean(OVERRIDE) ? refusals : warnings)::add);
        }
        return new Result(refusals, warnings);
    }

    /** Permanently off from 24 on (JEP 486); before that it can still be in the way. */
    @SuppressWarnings("removal")
    private static boolean hasSecurityManager() {
        return System.getSecurityManager() != null;
    }

    private static Optional<String> when(boolean bad, String sentence) {
        return bad ? Optional.of(sentence) : Optional.empty();
    }
}
