package io.jvmmedic.it.patients;

import java.lang.management.ManagementFactory;
import java.util.logging.LogManager;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;

/**
 * Chooses its log manager and its MBean server by system properties that it sets in {@code main}, as application servers
 * do: whoever touches logging or JMX before takes that choice away.
 */
public final class ChoosyPatient extends Patient {

    private static volatile boolean ownServer;

    public static void main(String[] arguments) throws Exception {
        new ChoosyPatient().serve();
    }

    @Override
    protected void open() {
        Garbage.produce();
        on("logging", ignored -> {
            System.setProperty("java.util.logging.manager", OwnLogManager.class.getName());
            return LogManager.getLogManager().getClass().getSimpleName();
        });
        on("management", ignored -> {
            System.setProperty("javax.management.builder.initial", OwnServerBuilder.class.getName());
            ManagementFactory.getPlatformMBeanServer();
            return ownServer ? "own" : "foreign";
        });
    }

    /** Instantiated by the JDK. */
    public static final class OwnLogManager extends LogManager {
    }

    /** Instantiated by the JDK. */
    public static final class OwnServerBuilder extends MBeanServerBuilder {

        @Override
        public MBeanServer newMBeanServer(String domain, MBeanServer outer, MBeanServerDelegate delegate) {
            ownServer = true;
            return super.newMBeanServer(domain, outer, delegate);
        }
    }
}
