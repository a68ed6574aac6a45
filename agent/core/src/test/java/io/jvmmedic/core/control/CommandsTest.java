package io.jvmmedic.core.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jvmmedic.core.model.Mode;
import org.junit.jupiter.api.Test;

class CommandsTest {

    private final ScriptedAgent agent = new ScriptedAgent();
    private final Commands commands = new Commands(agent);

    private JsonObject ask(String request) {
        return JsonParser.parseString(commands.answer(request).json()).getAsJsonObject();
    }

    private void refused(String request, int code, String sentence) {
        JsonObject answer = ask(request);
        assertFalse(answer.get("ok").getAsBoolean());
        assertEquals(code, answer.get("code").getAsInt(), answer::toString);
        assertTrue(answer.get("error").getAsString().contains(sentence), answer::toString);
    }

    @Test
    void recordsBecomeJsonWithTheirComponentNames() {
        JsonObject status = ask("{\"verb\":\"status\"}").getAsJsonObject("data");
        assertEquals("heal", status.get("mode").getAsString());
        assertEquals("APPLIED", status.getAsJsonArray("integrations").get(0).getAsJsonObject().get("state").getAsString());
        assertEquals(1, status.getAsJsonObject("resources").get("pool").getAsInt());
        JsonObject pool = ask("{\"verb\":\"pools\",\"args\":{}}").getAsJsonArray("data").get(0).getAsJsonObject();
        assertEquals(2_500, pool.get("oldestWaitMillis").getAsLong());
    }

    @Test
    void modeIsSetAndTellsTheOneBefore() {
        JsonObject answer = ask("{\"verb\":\"mode\",\"args\":{\"mode\":\"Observe\"}}").getAsJsonObject("data");
        assertEquals("heal", answer.get("before").getAsString());
        assertEquals("observe", answer.get("mode").getAsString());
        assertEquals(Mode.OBSERVE, agent.mode);
    }

    @Test
    void pauseAndResumeTellWhetherTheyChangedAnything() {
        assertTrue(ask("{\"verb\":\"pause\"}").getAsJsonObject("data").get("changed").getAsBoolean());
        assertFalse(ask("{\"verb\":\"pause\"}").getAsJsonObject("data").get("changed").getAsBoolean());
        assertTrue(agent.paused);
        assertTrue(ask("{\"verb\":\"resume\"}").getAsJsonObject("data").get("changed").getAsBoolean());
        assertFalse(agent.paused);
    }

    @Test
    void detachRunsOnlyAfterTheAnswerIsMade() {
        Answer answer = commands.answer("{\"verb\":\"detach\"}");
        assertEquals(1, agent.detached.getCount());
        answer.afterwards().run();
        assertEquals(0, agent.detached.getCount());
    }

    @Test
    void whatGoesWrongBecomesASentenceWithACode() {
        refused("{\"verb\":\"holders\",\"args\":{\"pool\":\"nope\"}}", 2, "There is no resource 'nope'.");
        refused("{\"verb\":\"holders\"}", 2, "'pool' is missing");
        refused("{\"verb\":\"mode\",\"args\":{\"mode\":\"turbo\"}}", 2, "use off, observe or heal");
        refused("{\"verb\":\"dump\",\"args\":{\"full\":\"false\"}}", 10, "nothing holds or waits");
        refused("{\"verb\":\"approve\"}", 10, "does not know 'approve'");
        refused("{\"verb\":\"explain\",\"args\":{\"id\":\"x\"}}", 1, "no memory");
        refused("not json", 1, "not understood");
        refused("[]", 1, "not understood");
        refused("{\"verb\":\"status\",\"args\":7}", 1, "not understood");
        refused("{\"verb\":{}}", 2, "'verb' is missing");
    }

    @Test
    void aFullDumpIsAskedForByName() {
        assertEquals("/tmp/threads.txt", ask("{\"verb\":\"dump\",\"args\":{\"full\":\"true\"}}").getAsJsonObject("data")
                .getAsJsonArray("files").get(0).getAsString());
        assertTrue(agent.fullDump);
    }
}
