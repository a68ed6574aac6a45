package io.jvmmedic.it.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Patients compiled into a named module, with the libraries as modules beside it. */
public final class NamedModule {

    private NamedModule() {
    }

    /**
     * Compiles it.
     *
     * @param requires modules the patients need
     * @param libraries jars for the module path
     * @param sources simple names of the patients' classes
     * @return JVM options that launch the first of the classes
     */
    public static String[] options(Path directory, List<String> requires, List<Path> libraries, List<String> sources) {
        Path module = directory.resolve("module");
        Path info = directory.resolve("module-info.java");
        String needs = requires.stream().map(name -> "  requires " + name + ";\n").collect(Collectors.joining());
        try {
            Files.writeString(info, "module patients {\n" + needs + "}\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String path = libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        List<String> line = new ArrayList<>(List.of(Jdks.current().tool("javac").toString(), "--release", "17",
                "-d", module.toString(), "-p", path, info.toString()));
        Path folder = Path.of(System.getProperty("jvmmedic.it.sources"), "io/jvmmedic/it/patients");
        sources.forEach(name -> line.add(folder.resolve(name + ".java").toString()));
        Command javac = Command.run(line.toArray(String[]::new));
        if (javac.exitCode() != 0) {
            throw new AssertionError(javac.output());
        }
        return new String[] {"-p", module + File.pathSeparator + path, "--add-modules", "ALL-MODULE-PATH",
                "-m", "patients/io.jvmmedic.it.patients." + sources.get(0)};
    }
}
