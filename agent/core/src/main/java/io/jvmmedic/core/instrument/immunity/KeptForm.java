package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.immunity.GateWeaver.Job;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.lang.instrument.ClassFileTransformer;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.util.List;

/**
 * What is left of the gates after a detach: synchronized methods that were gated when their class was loaded take their
 * monitor themselves and must do so in each later version of the class, for the JVM lets nobody change their modifiers back
 * and would refuse any other agent that wanted to change the class. Calls nothing of ours any more.
 *
 * <p>Made in a loader of its own, so that the core can go; so it knows of the core only what it is made of here.
 */
public final class KeptForm implements ClassFileTransformer {

    private record Method(WeakReference<?> loader, String type, Job job) {

        private static Method of(Object[] parts) {
            return new Method((WeakReference<?>) parts[0], (String) parts[1],
                    new Job(Kind.METHOD, (String) parts[2], (String) parts[3], 0, Job.NO_SITE));
        }
    }

    private final List<Method> methods;

    /** @param methods of each the loader of its class, weakly, the class's internal name, its name and its descriptor */
    public KeptForm(List<Object[]> methods) {
        this.methods = methods.stream().map(Method::of).toList();
    }

    @Override
    public byte[] transform(Module module, ClassLoader loader, String name, Class<?> loaded, ProtectionDomain domain,
            byte[] bytes) {
        if (loaded == null || methods.stream().noneMatch(method -> method.type().equals(name))) {
            return null;
        }
        try {
            List<MethodCode> codes = MethodCode.of(bytes);
            List<Job> jobs = methods.stream().filter(method -> method.type().equals(name) && method.loader().get() == loader)
                    .map(Method::job).distinct()
                    .filter(job -> codes.stream().anyMatch(code -> job.isIn(code) && code.isSynchronized())).toList();
            return jobs.isEmpty() ? null : GateWeaver.weave(bytes, codes, jobs);
        } catch (Throwable e) {
            // The JVM then refuses the change of the class, and says so to whoever wanted it.
            return null;
        }
    }
}
