package io.jvmmedic.core.instrument;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens packages to the core, and to nobody else, so that handles can read private members. No command-line flag is
 * needed for it. Never throws: a package that stays closed shows as a missing member where it is used.
 */
public final class ModuleOpener {

    private static final Logger LOG = LoggerFactory.getLogger(ModuleOpener.class);

    private final Instrumentation instrumentation;
    private final Module ours = ModuleOpener.class.getModule();

    public ModuleOpener(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /** Opens one package of a module; does nothing for an unnamed module, which is open anyway. */
    public void open(Module module, String packageName) {
        try {
            if (module.isNamed() && module.getPackages().contains(packageName) && !module.isOpen(packageName, ours)) {
                instrumentation.redefineModule(module, Set.of(), Map.of(), Map.of(packageName, Set.of(ours)),
                        Set.of(), Map.of());
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{} of module {}: cannot be opened, what needs it stays off", packageName, module.getName(), e);
        }
    }
}
