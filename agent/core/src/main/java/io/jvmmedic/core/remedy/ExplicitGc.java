package io.jvmmedic.core.remedy;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.jvmmedic.core.util.Jdk;
import java.lang.management.ManagementFactory;

/**
 * What {@code System.gc()} does in this JVM. Fixed at its start: none of these flags can be changed later.
 *
 * @param ignored it does nothing ({@code -XX:+DisableExplicitGC})
 * @param concurrent the application runs on meanwhile
 */
public record ExplicitGc(boolean ignored, boolean concurrent) {

    private static final ExplicitGc UNKNOWN = new ExplicitGc(false, false);

    /** Reads the flags of this JVM; where they cannot be read, a stop of the world is assumed. */
    public static ExplicitGc ofThisJvm() {
        return Jdk.hasModule("jdk.management") ? HotSpot.read() : UNKNOWN;
    }

    /** Apart, so that the bean is linked only where its module is there. */
    private static final class HotSpot {

        static ExplicitGc read() {
            HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return bean == null ? UNKNOWN : new ExplicitGc(is(bean, "DisableExplicitGC"),
                    // Shenandoah sets this flag by itself; ZGC has no other way and ignores it.
                    is(bean, "UseZGC") || is(bean, "ExplicitGCInvokesConcurrent")
                            && (is(bean, "UseG1GC") || is(bean, "UseShenandoahGC")));
        }

        private static boolean is(HotSpotDiagnosticMXBean bean, String flag) {
            try {
                return Boolean.parseBoolean(bean.getVMOption(flag).getValue());
            } catch (IllegalArgumentException e) {
                // Built without that collector.
                return false;
            }
        }
    }
}
