package io.jvmmedic.core.control;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailboxTest {

    private final ScriptedAgent agent = new ScriptedAgent();
    private final Properties board = new Properties();
    private final AgentProperties properties = new AgentProperties(board);
    private final List<String> warnings = new ArrayList<>();

    @TempDir
    private Path parent;

    private Mailbox open() {
        return Mailbox.open(parent, new Commands(agent), properties, warnings::add).orElseThrow();
    }

    private static void put(Mailbox mailbox, String id, String request) throws IOException {
        Path draft = Files.writeString(mailbox.folder().resolve(id + ".tmp"), request);
        Files.move(draft, mailbox.folder().resolve(id + ".request"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static JsonObject reply(Mailbox mailbox, String id) throws IOException {
        Path file = mailbox.folder().resolve(id + ".reply");
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(file));
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    private static Set<String> names(Mailbox mailbox) throws IOException {
        try (Stream<Path> files = Files.list(mailbox.folder())) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void aRequestIsAnsweredOnceAndTheFolderIsPrivate() throws IOException {
        Mailbox mailbox = open();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(mailbox.folder())));
        mailbox.poll();
        put(mailbox, "a-1", "{\"verb\":\"status\"}");
        mailbox.poll();
        assertTrue(reply(mailbox, "a-1").get("ok").getAsBoolean());
        mailbox.poll();
        await().atMost(Duration.ofSeconds(60)).until(() -> names(mailbox).equals(Set.of("a-1.reply")));
    }

    @Test
    void aDetachIsAnsweredBeforeItIsDone() throws Exception {
        Mailbox mailbox = open();
        put(mailbox, "d", "{\"verb\":\"detach\"}");
        mailbox.poll();
        assertTrue(agent.detached.await(60, TimeUnit.SECONDS));
        assertTrue(Files.exists(mailbox.folder().resolve("d.reply")));
    }

    @Test
    void aStuckRequestDoesNotSilenceTheAgentAndAFloodWaitsInTheFolder() throws IOException {
        Mailbox mailbox = open();
        agent.blockIncidents = new CountDownLatch(1);
        put(mailbox, "stuck", "{\"verb\":\"incidents\"}");
        mailbox.poll();
        put(mailbox, "b", "{\"verb\":\"pools\"}");
        mailbox.poll();
        assertTrue(reply(mailbox, "b").get("ok").getAsBoolean());

        for (int i = 0; i < 10; i++) {
            put(mailbox, "flood-" + i, "{\"verb\":\"incidents\"}");
        }
        mailbox.poll();
        assertTrue(names(mailbox).stream().filter(name -> name.endsWith(".request")).count() >= 7);
        agent.blockIncidents.countDown();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            mailbox.poll();
            return names(mailbox).stream().filter(name -> name.endsWith(".reply")).count() == 12;
        });
    }

    @Test
    void whatIsNoRequestIsNotRunAndWhatIsForgottenIsDropped() throws IOException {
        Mailbox mailbox = open();
        Files.writeString(mailbox.folder().resolve("half.tmp"), "{\"verb\":\"detach\"}");
        Files.writeString(mailbox.folder().resolve("we ird$.request"), "{\"verb\":\"detach\"}");
        Path old = Files.writeString(mailbox.folder().resolve("old.reply"), "{}");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        put(mailbox, "big", "x".repeat(65 * 1024));
        mailbox.poll();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> names(mailbox).equals(Set.of("half.tmp", "we ird$.request")));
        assertEquals(1, agent.detached.getCount());
    }

    @Test
    void aReplyThatCannotBeWrittenGoesToTheAgentProperties() throws IOException {
        Mailbox mailbox = open();
        Files.createDirectories(mailbox.folder().resolve("p.draft/in-the-way"));
        put(mailbox, "p", "{\"verb\":\"pools\"}");
        mailbox.poll();
        await().atMost(Duration.ofSeconds(60)).until(() -> board.containsKey("jvmmedic.reply.p"));
        assertTrue(board.getProperty("jvmmedic.reply.p").contains("HikariCP"));
    }

    @Test
    void closingRemovesTheFolderUnlessAReplyWaits() throws IOException {
        Mailbox mailbox = open();
        mailbox.close();
        assertFalse(Files.exists(mailbox.folder()));

        Mailbox second = open();
        Files.writeString(second.folder().resolve("d.reply"), "{}");
        put(second, "late", "{\"verb\":\"pools\"}");
        second.close();
        second.poll();
        assertEquals(Set.of("d.reply"), names(second));
    }

    @Test
    void withoutAPlaceThereIsNoMailboxButASentence() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "");
        assertTrue(Mailbox.open(file, new Commands(agent), properties, warnings::add).isEmpty());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("no mailbox in"), warnings::toString);
    }
}
