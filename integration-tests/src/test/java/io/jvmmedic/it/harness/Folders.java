package io.jvmmedic.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * An empty folder per test run below {@code target/scenarios}, kept afterwards for whoever has to find out what happened.
 * As an extension it gives a plain {@code @Test} such a folder as its {@code Path} parameter.
 */
public final class Folders implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Path.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return of(context);
    }

    static Path of(ExtensionContext context) {
        String name = context.getRequiredTestClass().getSimpleName() + "/" + context.getRequiredTestMethod().getName()
                + "/" + context.getDisplayName().replaceAll("[^A-Za-z0-9.]+", "-");
        Path folder = Path.of(System.getProperty("jvmmedic.it.work")).resolve(name);
        try {
            delete(folder);
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> all = Files.walk(folder)) {
            entries = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }
}
