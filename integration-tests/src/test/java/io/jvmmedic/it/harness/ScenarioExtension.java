package io.jvmmedic.it.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/**
 * Runs a {@link Scenario} once per combination that it declares. Where both JDKs and both ways in are declared, each is run
 * with one of the others in turn, which is half of the combinations; {@code -Djvmmedic.it.all=true} runs them all.
 */
final class ScenarioExtension implements TestTemplateInvocationContextProvider {

    /**
     * Half a minute of an optimizing compiler is work for nothing, and others wait for the processor. What is healthy runs
     * as everywhere else: how long optimized code keeps an object reachable matters there.
     */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Scenario scenario = context.getRequiredTestMethod().getAnnotation(Scenario.class);
        List<TestTemplateInvocationContext> runs = new ArrayList<>();
        boolean every = Boolean.getBoolean("jvmmedic.it.all") || scenario.jdks().length * scenario.attach().length < 4
                || IntStream.of(scenario.jdks()).anyMatch(feature -> Jdks.find(feature).isEmpty());
        int turn = context.getRequiredTestMethod().getName().length();
        for (String libraries : scenario.libraries()) {
            for (int feature : scenario.jdks()) {
                for (Attach attach : scenario.attach()) {
                    if (every || turn % 2 == 0) {
                        runs.add(new Run(scenario, libraries, feature, attach));
                    }
                    turn++;
                }
                turn++;
            }
            turn++;
        }
        return runs.stream();
    }

    /** One combination. */
    private record Run(Scenario scenario, String libraries, int feature, Attach attach)
            implements TestTemplateInvocationContext {

        @Override
        public String getDisplayName(int index) {
            return (libraries.isEmpty() ? "" : libraries + " ") + "jdk" + feature + " " + attach;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Ward(this));
        }

        private boolean asksFor(String argument) {
            return List.of(scenario.arguments()).contains(argument);
        }

        boolean isOfMariaDb() {
            return asksFor("%mariadb") || asksFor("%mysql");
        }

        /** The scenario's own database, if its arguments ask for one. */
        Backend backend() {
            return asksFor("%database") ? Database.shared()
                    : asksFor("%demotable") ? Database.demotable()
                    : asksFor("%server") ? Database.alone()
                    : isOfMariaDb() ? new MariaDatabase(asksFor("%mysql") ? "mysql" : "mariadb") : null;
        }

        PatientSpec spec(Jdk jdk, Path directory, Backend backend) {
            PatientSpec.Builder builder = PatientSpec.of(jdk, directory, scenario.patient())
                    .attach(attach).libraries(libraries).agentOptions(scenario.agentOptions())
                    .jvmOptions(scenario.jvmOptions());
            if (!scenario.witnessed()) {
                builder.unwitnessed();
            }
            if (!scenario.healthy()) {
                builder.jvmOptions(QUICK_START);
            }
            for (String argument : scenario.arguments()) {
                builder.arguments(switch (argument) {
                    case "%postgres" -> Postgres.url();
                    case "%database", "%demotable", "%server", "%mariadb", "%mysql" -> backend.url();
                    default -> argument;
                });
            }
            return builder.build();
        }
    }

    /** Admits the patient, hands it to the method, and sees it off. */
    private static final class Ward
            implements ExecutionCondition, BeforeEachCallback, AfterEachCallback, ParameterResolver {

        private final Run run;
        private Backend backend;
        private PatientJvm jvm;

        Ward(Run run) {
            this.run = run;
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Jdks.find(run.feature()).isEmpty()) {
                return ConditionEvaluationResult.disabled("no JDK " + run.feature() + " on this machine");
            }
            return (run.isOfMariaDb() ? MariaDb.problem() : Optional.<String>empty())
                    .map(ConditionEvaluationResult::disabled).orElseGet(() -> ConditionEvaluationResult.enabled(""));
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            backend = run.backend();
            jvm = PatientJvm.fork(run.spec(Jdks.find(run.feature()).orElseThrow(), Folders.of(context), backend));
        }

        @Override
        public void afterEach(ExtensionContext context) {
            try {
                discharge(context);
            } finally {
                if (backend != null) {
                    backend.close();
                }
            }
        }

        private void discharge(ExtensionContext context) {
            if (jvm == null) {
                return;
            }
            try (PatientJvm ending = jvm) {
                if (context.getExecutionException().isPresent()) {
                    System.err.println("*** " + context.getUniqueId() + " failed; files in " + ending.spec().directory()
                            + "\n" + ending.witness().story() + String.join("\n", ending.stderr()));
                    return;
                }
                if (ending.isAlive()) {
                    Invariants.checkAlive(ending);
                    ending.stop();
                }
                Invariants.check(ending, run.scenario().healthy(), List.of(run.scenario().warnings()));
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == PatientJvm.class || backend != null && type == backend.getClass();
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == PatientJvm.class ? jvm : backend;
        }
    }
}
