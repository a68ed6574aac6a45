package io.jvmmedic.bootstrap;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.net.URI;
import java.security.CodeSource;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * Entry point named by the manifest; the only class of ours that the system class loader ever defines.
 *
 * <p>It names no other class of ours in its code before the boot path is extended, else the bridge would be loaded
 * twice, once here and once by the boot loader (the reason OpenTelemetry's {@code OpenTelemetryAgent} gives for the
 * same rule). It never throws, never prints to stdout, and touches no logging, JMX or JFR.
 */
public final class Launcher {

    private static final String BRIDGE = "io.jvmmedic.bootstrap.Bridge";

    private Launcher() {
    }

    /** Called by the JVM for {@code -javaagent}. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        launch(arguments, instrumentation, false);
    }

    /** Called by the JVM for a hot attach, and again for every later attach, which may carry a command. */
    public static void agentmain(String arguments, Instrumentation instrumentation) {
        launch(arguments, instrumentation, true);
    }

    private static void launch(String arguments, Instrumentation instrumentation, boolean hotAttach) {
        try {
            if (isJdkTool() || isNativeImage()) {
                return;
            }
            File jar = agentJar();
            if (!isOurs(jar)) {
                System.err.println("[jvm-medic] not started: " + jar.getName()
                        + " is not the agent jar; give -javaagent the original jvm-medic-agent.jar, not an uber-jar.");
                return;
            }
            Class<?> bridge = bridgeOnBootPath(jar, instrumentation);
            bridge.getMethod("launch", String.class, Instrumentation.class, File.class, boolean.class)
                    .invoke(null, arguments, instrumentation, jar, hotAttach);
        } catch (Throwable e) {
            // An exception out of premain aborts the JVM with exit code 134: the agent must never be the incident.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            System.err.println("[jvm-medic] not started, the application goes on without it: " + cause);
        }
    }

    private static Class<?> bridgeOnBootPath(File jar, Instrumentation instrumentation) throws Exception {
        Class<?> present = bridgeOrNull();
        if (present == null) {
            // Programmatic, not Boot-Class-Path: the manifest attribute made JDK 17 reject the user's AppCDS archive.
            try (JarFile file = new JarFile(jar)) {
                instrumentation.appendToBootstrapClassLoaderSearch(file);
            }
            present = Class.forName(BRIDGE, true, null);
        }
        return present;
    }

    private static Class<?> bridgeOrNull() {
        try {
            return Class.forName(BRIDGE, true, null);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    /** JAVA_TOOL_OPTIONS reaches jcmd, javac and keytool too; nobody wants an agent in those. */
    private static boolean isJdkTool() {
        String module = System.getProperty("jdk.module.main");
        return module != null && module.startsWith("jdk.") && !Boolean.getBoolean("jvmmedic.jdk-tools");
    }

    private static boolean isNativeImage() {
        if (System.getProperty("org.graalvm.nativeimage.imagecode") == null) {
            return false;
        }
        System.err.println("[jvm-medic] not started: a native image cannot load Java agents at run time.");
        return true;
    }

    private static File agentJar() throws Exception {
        CodeSource source = Launcher.class.getProtectionDomain().getCodeSource();
        URI location = source.getLocation().toURI();
        return new File(location);
    }

    private static boolean isOurs(File jar) throws Exception {
        if (!jar.isFile()) {
            return false;
        }
        try (JarFile file = new JarFile(jar)) {
            Manifest manifest = file.getManifest();
            return manifest != null
                    && Launcher.class.getName().equals(manifest.getMainAttributes().getValue("Premain-Class"))
                    && file.getEntry("core/io/jvmmedic/core/boot/MedicCore.classdata") != null;
        }
    }
}
