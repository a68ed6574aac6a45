package io.jvmmedic.it.harness;

import io.jvmmedic.it.patients.Patient;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How one patient is to be forked. Immutable; the {@code with} methods return changed copies. */
public final class PatientSpec {

    private static final Path PATIENTS = folder("jvmmedic.it.patients");
    private static final Path LIBRARIES = folder("jvmmedic.it.libs");

    private final Jdk jdk;
    private final Path directory;
    private final Attach attach;
    private final String agentOptions;
    private final List<String> program;
    private final List<String> jvmOptions;
    private final List<String> arguments;
    private final List<String> firstAgents;
    private final List<String> lastAgents;
    private final Map<String, String> environment;
    private final boolean witnessed;
    private final Path agentJar;

    private PatientSpec(Builder from) {
        jdk = from.jdk;
        directory = from.directory;
        attach = from.attach;
        agentOptions = from.agentOptions;
        program = from.program.isEmpty() ? classPathAndMain(from) : List.copyOf(from.program);
        jvmOptions = List.copyOf(from.jvmOptions);
        arguments = List.copyOf(from.arguments);
        firstAgents = List.copyOf(from.firstAgents);
        lastAgents = List.copyOf(from.lastAgents);
        environment = Map.copyOf(from.environment);
        witnessed = from.witnessed;
        agentJar = from.agentJar;
    }

    /** The agent jar under test. */
    public static Path agentJar() {
        Path jar = folder("jvmmedic.it.agent").normalize();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(jar + " is missing: run \"mvn verify\", \"mvn test\" does not pack it");
        }
        return jar;
    }

    /** A spec for the given main class with the class path of the patients alone. */
    public static Builder of(Jdk jdk, Path directory, Class<? extends Patient> patient) {
        Builder builder = new Builder(jdk, directory);
        builder.mainClass = patient.getName();
        builder.classPath.add(PATIENTS);
        return builder;
    }

    /** Every jar of a folder of {@code target/libs}. */
    public static List<Path> library(String name) {
        Path folder = LIBRARIES.resolve(name);
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().toList();
        } catch (java.io.IOException e) {
            throw new IllegalStateException("no library " + folder + ": add it to the matrix in pom.xml", e);
        }
    }

    public Path directory() {
        return directory;
    }

    public Jdk jdk() {
        return jdk;
    }

    Attach attach() {
        return attach;
    }

    boolean witnessed() {
        return witnessed;
    }

    Map<String, String> environment() {
        return environment;
    }

    Path agent() {
        return agentJar;
    }

    /** The agent's own folder; patients forked from one spec share it, as a restarted service does. */
    public Path medicDirectory() {
        return directory.resolve("medic");
    }

    /** Agent options; the folder is the scenario's unless the scenario names one. */
    String options() {
        if (agentOptions.startsWith("dir=")) {
            return agentOptions;
        }
        String own = "dir=" + medicDirectory();
        return agentOptions.isEmpty() ? own : own + "," + agentOptions;
    }

    /** @param witness where the child records; not used when it does not */
    List<String> commandLine(Witness witness) {
        List<String> line = new ArrayList<>();
        line.add(jdk.tool("java").toString());
        line.add("-Xmx128m");
        if (jdk.feature() >= 21) {
            // Only so that JEP 451's four warning lines do not stand between the lines the harness looks at.
            line.add("-XX:+EnableDynamicAgentLoading");
        }
        if (witnessed) {
            // The only form that quiets the three start-up lines on stdout; with any other -Xlog option they stay.
            line.add("-Xlog:jfr+startup=error");
            line.add("-XX:FlightRecorderOptions=repository=" + witness.repository());
            line.add("-XX:StartFlightRecording=name=witness,disk=true,dumponexit=true,filename=" + witness.recording()
                    + ",settings=" + settings());
        }
        line.addAll(jvmOptions);
        for (String other : firstAgents) {
            line.add("-javaagent:" + other);
        }
        if (attach == Attach.PREMAIN) {
            line.add("-javaagent:" + agentJar + "=" + options());
        }
        for (String other : lastAgents) {
            line.add("-javaagent:" + other);
        }
        line.addAll(program);
        line.addAll(arguments);
        return line;
    }

    private static List<String> classPathAndMain(Builder from) {
        return List.of("-cp", from.classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                from.mainClass);
    }

    private static Path settings() {
        return folder("jvmmedic.it.settings");
    }

    private static Path folder(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("system property " + property + " is not set: run through Maven");
        }
        return Path.of(value);
    }

    /** Collects a spec. */
    public static final class Builder {

        private final Jdk jdk;
        private final Path directory;
        private String mainClass;
        private Attach attach = Attach.PREMAIN;
        private String agentOptions = "";
        private final List<Path> classPath = new ArrayList<>();
        private final List<String> program = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final List<String> firstAgents = new ArrayList<>();
        private final List<String> lastAgents = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private boolean witnessed = true;
        private Path agentJar;

        private Builder(Jdk jdk, Path directory) {
            this.jdk = jdk;
            this.directory = directory;
        }

        public Builder attach(Attach how) {
            attach = how;
            return this;
        }

        public Builder libraries(String joined) {
            for (String name : joined.split("\\+")) {
                if (!name.isEmpty()) {
                    classPath.addAll(library(name));
                }
            }
            return this;
        }

        public Builder classPath(Path entry) {
            classPath.add(entry);
            return this;
        }

        /** Replaces class path and main class, for named modules and jars. */
        public Builder program(String... options) {
            program.addAll(List.of(options));
            return this;
        }

        public Builder agentOptions(String options) {
            agentOptions = expand(options);
            return this;
        }

        public Builder jvmOptions(String... options) {
            for (String option : options) {
                jvmOptions.add(expand(option));
            }
            return this;
        }

        public Builder arguments(String... texts) {
            for (String text : texts) {
                arguments.add(expand(text));
            }
            return this;
        }

        /** Another Java agent, loaded before ours. */
        public Builder firstAgent(Path jar) {
            firstAgents.add(jar.toString());
            return this;
        }

        /** Another Java agent, loaded after ours. */
        public Builder lastAgent(Path jar) {
            lastAgents.add(jar.toString());
            return this;
        }

        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** No recording by the child itself: for JVMs without Flight Recorder, or to see the agent be the first. */
        public Builder unwitnessed() {
            witnessed = false;
            return this;
        }

        /** Another file in place of the agent jar. */
        public Builder agentJar(Path jar) {
            agentJar = jar;
            return this;
        }

        public PatientSpec build() {
            if (agentJar == null && attach != Attach.NONE) {
                agentJar = PatientSpec.agentJar();
            }
            return new PatientSpec(this);
        }

        private String expand(String text) {
            return text.replace("%dir", directory.toString()).replace("%libs", LIBRARIES.toString());
        }
    }
}
