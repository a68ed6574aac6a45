package io.jvmmedic.core.boot;

import io.jvmmedic.bootstrap.AgentCore;
import io.jvmmedic.bootstrap.MedicThread;
import io.jvmmedic.core.config.ConfigLoader;
import io.jvmmedic.core.config.MedicConfig;
import io.jvmmedic.core.config.Options;
import io.jvmmedic.core.model.Mode;
import io.jvmmedic.core.util.log.LogOutput;
import java.io.File;
import java.lang.instrument.Instrumentation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The core's entry. On the host's thread it does three things: preflight, install the transformer, start one daemon
 * thread; everything slow happens there ({@link Clinic#open}).
 */
public final class MedicCore implements AgentCore {

    private static final Logger LOG = LoggerFactory.getLogger(MedicCore.class);

    private Clinic clinic;

    /** Called by the bridge, by reflection. */
    public MedicCore() {
    }

    @Override
    public boolean start(Instrumentation instrumentation, File jar, String arguments, boolean hotAttach) {
        ConfigLoader.Loaded loaded = ConfigLoader.load(System.getProperties(), arguments, System.getenv());
        MedicConfig config = loaded.config();
        String logProblem = LogOutput.configure(config.get(Options.LOG), config.get(Options.LOG_LEVEL));
        if (!logProblem.isEmpty()) {
            LOG.warn("{}", logProblem);
        }
        loaded.warnings().forEach(warning -> LOG.warn("{}", warning));
        if (config.get(Options.MODE) == Mode.OFF) {
            LOG.info("not started: mode=off");
            return false;
        }
        Preflight.Result preflight = Preflight.run(instrumentation);
        preflight.warnings().forEach(warning -> LOG.warn("{}", warning));
        if (!preflight.refusals().isEmpty()) {
            preflight.refusals().forEach(refusal -> LOG.error("not started: {}; -D{}=true starts all the same",
                    refusal, Preflight.OVERRIDE));
            return false;
        }
        clinic = new Clinic(this, instrumentation, jar, config, loaded.warnings(), hotAttach);
        clinic.install();
        new MedicThread(clinic::open, "start").start();
        return true;
    }

    @Override
    public void command(String arguments) {
        clinic.command(arguments);
    }
}
