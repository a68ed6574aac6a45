package io.jvmmedic.core.instrument;

import io.jvmmedic.bootstrap.Hooks;

/** Whether classes of a loader can call our hooks. */
public final class Delegation {

    private Delegation() {
    }

    /** To be asked with no lock of ours held: a loader may take its own, and a deadlock has been reported that way. */
    public static boolean reachesBridge(ClassLoader loader) {
        if (loader == null) {
            return true;
        }
        try {
            return loader.loadClass(Hooks.class.getName()) == Hooks.class;
        } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
            return false;
        }
    }

    /** Why nothing can be woven where {@link #reachesBridge} is false. */
    public static String obstacle() {
        return "its class loader does not delegate to the boot loader for " + Hooks.class.getPackageName()
                + ", so hooks could not be linked there";
    }
}
