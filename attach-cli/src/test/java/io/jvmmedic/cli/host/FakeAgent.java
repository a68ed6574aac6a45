package io.jvmmedic.cli.host;

import io.jvmmedic.core.control.AgentProperties;
import io.jvmmedic.core.control.AttachRequest;
import io.jvmmedic.core.control.Commands;
import io.jvmmedic.core.control.Mailbox;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * The agent's own control package with a scripted agent behind it, so that both ends of the way are the real ones. The
 * option {@code mailbox=no} leaves the mailbox out, {@code deaf=yes} never looks into it.
 */
public final class FakeAgent {

    private static Commands commands;
    private static AgentProperties properties;

    private FakeAgent() {
    }

    public static void premain(String options, Instrumentation instrumentation) throws IOException {
        start(options == null ? "" : options, instrumentation);
    }

    public static void agentmain(String options, Instrumentation instrumentation) throws IOException {
        if (commands == null) {
            start(options, instrumentation);
        } else {
            AttachRequest.handle(options, commands, properties);
        }
    }

    /** Writes the jar whose manifest names this class; the class itself comes from the host's class path. */
    public static Path jar() throws IOException {
        Path jar;
        try {
            jar = Path.of(FakeAgent.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .resolve("jvm-medic-agent.jar");
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", FakeAgent.class.getName());
        attributes.putValue("Agent-Class", FakeAgent.class.getName());
        attributes.putValue("Can-Redefine-Classes", "true");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }

    private static void start(String options, Instrumentation instrumentation) throws IOException {
        properties = AgentProperties.open(instrumentation, System.err::println);
        if (options.contains("silent=yes")) {
            return;
        }
        ScriptedAgent agent = new ScriptedAgent(properties);
        commands = new Commands(agent);
        if (options.contains("mailbox=no")) {
            properties.announce("9.9.9", null);
            return;
        }
        Path folder = Files.createTempDirectory("fake-agent");
        Mailbox mailbox = Mailbox.open(folder, commands, properties, System.err::println).orElseThrow();
        agent.closeOnDetach(mailbox);
        folder.toFile().deleteOnExit();
        Thread sampler = new Thread(() -> {
            while (!options.contains("deaf=yes")) {
                mailbox.poll();
                LockSupport.parkNanos(20_000_000);
            }
        }, "sampler");
        sampler.setDaemon(true);
        sampler.start();
        properties.announce("9.9.9", mailbox.folder());
    }
}
