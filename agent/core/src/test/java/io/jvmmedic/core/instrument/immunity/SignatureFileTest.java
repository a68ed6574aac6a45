package io.jvmmedic.core.instrument.immunity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back; what is not as it was written is refused with a sentence, and nothing else with it. */
class SignatureFileTest {

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();
    private Path path;
    private SignatureFile file;

    @BeforeEach
    void open() {
        path = folder.resolve("app.signatures");
        file = new SignatureFile(path, warnings::add);
    }

    private static Position position(Kind kind, String type, int index) {
        return new Position(kind, new Place(type, "run", "(J)V", index, 12, "abc"),
                kind == Kind.METHOD ? Optional.of(new Place("Caller", "call", "()V", 3, 4, "def")) : Optional.empty());
    }

    private static Signature signature(String type) {
        return new Signature("2026-11-21T08:00:00Z", List.of(position(Kind.BLOCK, type, 7), position(Kind.METHOD, "B", 0)),
                List.of());
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        Signature cycle = signature("A");
        Signature classes = new Signature("2026-11-21T09:00:00Z", List.of(), List.of("com.acme.B", "com.acme.A"));
        file.add(cycle);
        file.add(classes);
        file.add(cycle);
        assertEquals(List.of(cycle, classes), file.read());
        assertEquals(List.of(), warnings);
    }

    @Test
    void theOrderInWhichTheThreadsCameDoesNotCount() {
        Position first = position(Kind.BLOCK, "A", 1);
        Position second = position(Kind.LOCK, "B", 2);
        String id = new Signature("now", List.of(first, second), List.of()).id();
        assertEquals(id, new Signature("then", List.of(second, first), List.of()).id());
        assertNotEquals(id, new Signature("now", List.of(first, first), List.of()).id());
        assertEquals(1, new Signature("now", List.of(first, first), List.of()).places().size());
    }

    /** With a gate that lets in as many as were there, less one, fewer would meet. */
    @Test
    void howManyThreadsWereAtAPlaceDoesNotCount() {
        Position a = position(Kind.BLOCK, "A", 1);
        Position b = position(Kind.LOCK, "B", 2);
        List<Signature> two = Signature.of("now", List.of(a, a));
        assertEquals(1, two.size());
        assertArrayEquals(new int[] {2}, two.get(0).threads());
        assertEquals(two, Signature.of("now", List.of(a, a, a)));
        List<Signature> crossed = Signature.of("now", List.of(a, b));
        assertArrayEquals(new int[] {1, 1}, crossed.get(0).threads());
        assertEquals(crossed, Signature.of("now", List.of(a, b, a, b)));
        assertEquals(List.of(two.get(0), crossed.get(0)), Signature.of("now", List.of(a, a, b)));
    }

    @Test
    void allWaysToAPlaceAreKept() {
        Position one = position(Kind.METHOD, "A", 0);
        Position other = new Position(Kind.METHOD, one.place(), Optional.of(new Place("Other", "call", "()V", 3, 4, "def")));
        Signature signature = Signature.of("now", List.of(one, other, one)).get(0);
        assertEquals(List.of(one, other), signature.positions());
        assertArrayEquals(new int[] {2}, signature.threads());
    }

    @Test
    void oneThatWasChangedIsRefusedAndTheOthersAreNot() throws Exception {
        file.add(signature("A"));
        file.add(signature("Z"));
        Files.writeString(path, Files.readString(path).replace("\"Z\"", "\"Y\""));
        assertEquals(List.of(signature("A")), file.read());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).endsWith("is refused, it was changed after it was written"), warnings.get(0));
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        Files.writeString(path, "{\"format\": 2, \"signatures\": []}");
        assertEquals(List.of(), file.read());
        assertEquals(List.of(path + ": refused, it is of format 2 and this agent reads format 1"), warnings);
    }

    @Test
    void whatIsNoFileOfSignaturesIsRefused() throws Exception {
        for (String content : List.of("", "[]", "{", "{\"format\": 1}", "{\"format\": {}}", "null", "\u0000\u0001")) {
            warnings.clear();
            Files.writeString(path, content);
            assertEquals(List.of(), file.read());
            assertEquals(1, warnings.size(), content);
            assertTrue(warnings.get(0).contains("cannot be read as a file of signatures"), warnings.get(0));
        }
    }

    @Test
    void aSignatureThatMakesNoSenseIsRefused() throws Exception {
        for (String content : List.of("7", "{}", "{\"id\": \"x\", \"recorded\": \"\", \"positions\": [], \"initialize\": []}",
                "{\"id\": \"x\", \"recorded\": \"\", \"positions\": [{\"kind\": \"NONE\"}], \"initialize\": []}")) {
            warnings.clear();
            Files.writeString(path, "{\"format\": 1, \"signatures\": [" + content + "]}");
            assertEquals(List.of(), file.read());
            assertEquals(1, warnings.size(), content);
            assertTrue(warnings.get(0).contains("is refused"), warnings.get(0));
        }
    }

    @Test
    void theNewestAreKept() throws Exception {
        for (int i = 0; i < SignatureFile.MAX_SIGNATURES + 3; i++) {
            file.add(signature("A" + i));
        }
        List<Signature> kept = file.read();
        assertEquals(SignatureFile.MAX_SIGNATURES, kept.size());
        assertEquals(signature("A3"), kept.get(0));
    }

    @Test
    void noFileIsNoNews() {
        assertEquals(List.of(), file.read());
        assertEquals(List.of(), warnings);
    }
}
