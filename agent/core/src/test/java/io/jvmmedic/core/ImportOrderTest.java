package io.jvmmedic.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.util.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;
import org.junit.jupiter.api.Test;

/** A package imports only from the rows above it; walks the compiled classes, so that no import escapes. */
class ImportOrderTest {

    private static final String ROOT = "io/jvmmedic/core/";
    private static final Map<String, Integer> ROWS = Map.ofEntries(
            Map.entry("config", 1), Map.entry("model", 1), Map.entry("util", 1),
            Map.entry("resource", 2),
            Map.entry("instrument", 3), Map.entry("signal", 3),
            Map.entry("detect", 4), Map.entry("inquiry", 4),
            Map.entry("diagnose", 5),
            Map.entry("policy", 6), Map.entry("remedy", 6),
            Map.entry("audit", 7),
            Map.entry("treatment", 8),
            Map.entry("control", 9),
            Map.entry("boot", 10));
    private static final int SHARED_ROW = 1;

    @Test
    void everyImportPointsToARowAbove() throws Exception {
        List<String> broken = new ArrayList<>();
        int seen = 0;
        for (Path file : classFiles()) {
            byte[] bytes = Files.readAllBytes(file);
            String name = new ClassReader(bytes).getClassName();
            for (String used : usedBy(bytes)) {
                seen++;
                if (!mayUse(packageOf(name), packageOf(used))) {
                    broken.add(name + " imports " + used);
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(seen > 100, "the walk saw nothing: " + seen);
    }

    @Test
    void onlyTheSignalPackageTouchesFlightRecorder() throws Exception {
        List<String> broken = new ArrayList<>();
        for (Path file : classFiles()) {
            byte[] bytes = Files.readAllBytes(file);
            String name = new ClassReader(bytes).getClassName();
            boolean allowed = Set.of("signal", "audit").contains(packageOf(name));
            if (!allowed && namesOf(bytes).stream().anyMatch(used -> used.startsWith("jdk/jfr/"))) {
                broken.add(name);
            }
        }
        assertEquals(List.of(), broken);
    }

    private static boolean mayUse(String from, String to) {
        int row = ROWS.getOrDefault(from, -1);
        int target = ROWS.getOrDefault(to, -1);
        return from.equals(to) || target < row || target == row && row == SHARED_ROW;
    }

    private static String packageOf(String internalName) {
        String rest = internalName.substring(ROOT.length());
        int slash = rest.indexOf('/');
        return slash < 0 ? "" : rest.substring(0, slash);
    }

    private static Set<String> usedBy(byte[] bytes) {
        Set<String> used = new TreeSet<>();
        namesOf(bytes).stream().filter(name -> name.startsWith(ROOT)).forEach(used::add);
        return used;
    }

    private static Set<String> namesOf(byte[] bytes) {
        Set<String> names = new TreeSet<>();
        new ClassReader(bytes).accept(new ClassRemapper(new ClassWriter(0), new Remapper() {
            @Override
            public String map(String internalName) {
                names.add(internalName);
                return internalName;
            }
        }), 0);
        return names;
    }

    private static List<Path> classFiles() throws IOException, URISyntaxException {
        Path anchor = Path.of(Clock.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> walk = Files.walk(anchor.resolve(ROOT))) {
            return walk.filter(path -> path.toString().endsWith(".class")
                    && !path.getFileName().toString().equals("package-info.class")).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
