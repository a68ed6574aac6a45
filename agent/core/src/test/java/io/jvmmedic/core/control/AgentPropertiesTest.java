package io.jvmmedic.core.control;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.model.Mode;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.Test;

class AgentPropertiesTest {

    private final Properties board = new Properties();
    private final AgentProperties properties = new AgentProperties(board);
    private final ScriptedAgent agent = new ScriptedAgent();
    private final Commands commands = new Commands(agent);

    @Test
    void theBoardIsTheOneOfThisVm() throws Exception {
        List<String> warnings = new ArrayList<>();
        AgentProperties own = AgentProperties.open(ByteBuddyAgent.install(), warnings::add);
        assertEquals(List.of(), warnings);
        own.announce("1.2.3", Path.of("box"));
        Properties seen = (Properties) Class.forName("jdk.internal.vm.VMSupport")
                .getMethod("getAgentProperties").invoke(null);
        assertEquals("1.2.3", seen.getProperty("jvmmedic.version"));
        assertEquals(Path.of("box").toAbsolutePath().toString(), seen.getProperty("jvmmedic.mailbox"));
        own.withdraw();
        assertFalse(seen.containsKey("jvmmedic.version"));
        assertFalse(seen.containsKey("jvmmedic.mailbox"));
    }

    @Test
    void whereItCannotBeOpenedOneSentenceSaysSoAndNothingThrows() {
        List<String> warnings = new ArrayList<>();
        Instrumentation refusing = (Instrumentation) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {Instrumentation.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException("no");
                });
        AgentProperties.open(refusing, warnings::add).announce("1", null);
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("command line cannot reach this agent"), warnings::toString);
    }

    @Test
    void onlyTheLatestRepliesAreKept() {
        for (int i = 0; i < 20; i++) {
            properties.reply("r" + i, "{}");
        }
        assertEquals(8, board.size());
        assertTrue(board.containsKey("jvmmedic.reply.r19"));
        assertFalse(board.containsKey("jvmmedic.reply.r11"));
    }

    @Test
    void aRequestByAttachIsAnsweredInTheProperties() {
        AttachRequest.handle("command=holders,pool=orders%2C+%C3%BCber+100%25,reply=7", commands, properties);
        assertTrue(board.getProperty("jvmmedic.reply.7").contains("\"ok\":true"), board::toString);
        AttachRequest.handle("command=holders,pool=100%,reply=8", commands, properties);
        assertTrue(board.getProperty("jvmmedic.reply.8").contains("'100%'"), board::toString);
    }

    @Test
    void theModeOfASecondAttachIsTakenAndItsOtherOptionsAreNot() {
        AttachRequest.handle("mode=observe,startup-grace=1s", commands, properties);
        assertEquals(Mode.OBSERVE, agent.mode);
        assertTrue(AttachRequest.handle("startup-grace=1s", commands, properties).contains("change nothing"));
        assertTrue(AttachRequest.handle("", commands, properties).contains("change nothing"));
    }

    @Test
    void aDetachByAttachDoesNotRunOnTheAttachingThread() {
        AttachRequest.handle("command=detach,reply=9", commands, properties);
        await().atMost(Duration.ofSeconds(60)).until(() -> agent.detached.getCount() == 0);
        assertTrue(board.containsKey("jvmmedic.reply.9"));
    }
}
