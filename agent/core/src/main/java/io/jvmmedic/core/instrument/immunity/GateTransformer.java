package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.Delegation;
import io.jvmmedic.core.instrument.immunity.GateWeaver.Job;
import io.jvmmedic.core.instrument.immunity.Guarded.Target;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.lang.instrument.ClassFileTransformer;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.utility.OpenedClassReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weaves the gates into the methods that signatures name, each validated against the class as it is: the method is there,
 * and its body is the one that the signature was taken from. Sees all other classes by name only. Never throws and never
 * stops a class from loading. Also tells what a class consists of, for new signatures.
 */
final class GateTransformer implements ClassFileTransformer {

    private static final Logger LOG = LoggerFactory.getLogger(GateTransformer.class);

    /** A method that had to lose its {@code synchronized} when its class was loaded, and so must lose it ever after. */
    private record Rewritten(WeakReference<ClassLoader> loader, String type, Job job) {

        private boolean isIn(ClassLoader candidate, String name) {
            return type.equals(name) && loader.refersTo(candidate);
        }
    }

    private final Map<String, List<Target>> targets = new ConcurrentHashMap<>();
    private final List<Callee> callees = new CopyOnWriteArrayList<>();
    private final List<Rewritten> rewritten = new CopyOnWriteArrayList<>();
    private final Map<Class<?>, byte[]> asked = new ConcurrentHashMap<>();
    private final Consumer<Guarded> refused;

    /** @param refused told on the thread that loads the class; must not retransform on it */
    GateTransformer(Consumer<Guarded> refused) {
        this.refused = refused;
    }

    void add(Guarded guarded) {
        guarded.targets().forEach(target ->
                targets.computeIfAbsent(target.place().internalName(), name -> new CopyOnWriteArrayList<>()).add(target));
    }

    /** From now on calls of it are gated in each class that comes by. */
    void add(Callee callee) {
        callees.add(callee);
    }

    /** From now on nothing is woven any more. */
    void clear() {
        targets.clear();
        callees.clear();
    }

    boolean isTarget(Class<?> type) {
        return targets.containsKey(type.getName().replace('.', '/')) || callees.stream().anyMatch(callee -> isCaller(type, callee));
    }

    /** Whether calls of a method are gated in a class. */
    static boolean isCaller(Class<?> type, Callee callee) {
        return callee.isGatedIn(type.getName().replace('.', '/'), System.identityHashCode(type.getClassLoader()));
    }

    /** Whether a loaded class cannot be restored: the JVM lets nobody change modifiers of its methods back. */
    boolean isRewritten(Class<?> type) {
        return isRewritten(type.getClassLoader(), type.getName().replace('.', '/'));
    }

    private boolean isRewritten(ClassLoader loader, String name) {
        for (Rewritten each : rewritten) {
            if (each.isIn(loader, name)) {
                return true;
            }
        }
        return false;
    }

    /** Methods whose form must stay, in types of the JDK only: what is made of them outlives us. */
    List<Object[]> kept() {
        return rewritten.stream().filter(each -> each.loader().get() != null)
                .map(each -> new Object[] {each.loader(), each.type(), each.job().method(), each.job().descriptor()})
                .toList();
    }

    // ---- asking for the bytes of a class

    private static final byte[] NOT_YET = {};

    /** The class will be retransformed: keep what comes by. */
    void ask(Class<?> type) {
        asked.put(type, NOT_YET);
    }

    /** What the class consists of, before our own changes; empty when it did not come by. */
    Optional<byte[]> told(Class<?> type) {
        return Optional.ofNullable(asked.remove(type)).filter(bytes -> bytes != NOT_YET);
    }

    // ---- weaving

    @Override
    public byte[] transform(Module module, ClassLoader loader, String name, Class<?> loaded, ProtectionDomain domain,
            byte[] bytes) {
        if (loaded != null && asked.containsKey(loaded)) {
            asked.put(loaded, bytes);
        }
        List<Target> here = name == null ? null : targets.get(name);
        List<Callee> called = name == null || callees.isEmpty() ? List.of() : called(loader, name, loaded, bytes);
        if (here == null && called.isEmpty() && !isRewritten(loader, name)) {
            return null;
        }
        try {
            return weave(loader, name, loaded, bytes, here == null ? List.of() : here, called);
        } catch (Throwable e) {
            LOG.warn("{}: could not be gated", name, e);
            if (here != null) {
                here.forEach(target -> refuse(target, "weaving " + name.replace('/', '.') + " failed: " + e));
            }
            return null;
        }
    }

    /** Methods that a class may call, as far as its words tell. */
    private List<Callee> called(ClassLoader loader, String name, Class<?> loaded, byte[] bytes) {
        if (!LoadedClasses.isHost(loader, name.replace('/', '.'))) {
            return List.of();
        }
        try {
            ClassReader reader = OpenedClassReader.of(bytes);
            return callees.stream().filter(callee -> callee.target().guarded().refusal().isEmpty())
                    .filter(callee -> callee.mayConcern(reader, loaded == null)).toList();
        } catch (RuntimeException e) {
            LOG.debug("{}: cannot be read", name, e);
            return List.of();
        }
    }

    private byte[] weave(ClassLoader loader, String name, Class<?> loaded, byte[] bytes, List<Target> here,
            List<Callee> called) {
        List<MethodCode> codes = MethodCode.of(bytes);
        List<Job> jobs = new ArrayList<>();
        if (loaded != null) {
            rewritten.stream().filter(each -> each.isIn(loader, name)).map(Rewritten::job).forEach(jobs::add);
        }
        boolean reaches = here.isEmpty() || Delegation.reachesBridge(loader);
        for (Target target : here) {
            Job job = job(target, codes);
            if (target.guarded().refusal().isEmpty() && concerns(target, loaded) && !jobs.contains(job)) {
                String obstacle = reaches ? obstacle(target, bytes, codes, jobs) : Delegation.obstacle();
                if (obstacle.isEmpty()) {
                    jobs.add(job);
                    if (target.job().kind() == Kind.METHOD) {
                        rewritten.add(new Rewritten(new WeakReference<>(loader), name, target.job()));
                    }
                    target.guarded().woven(target.position());
                } else {
                    refuse(target, target.place().text() + " " + obstacle);
                }
            }
        }
        List<Job> all = new ArrayList<>(jobs);
        for (Callee callee : called) {
            List<Job> found = callee.jobs(name, System.identityHashCode(loader), bytes, codes, all,
                    () -> !Delegation.reachesBridge(loader));
            if (!found.isEmpty()) {
                all.addAll(found);
                callee.target().guarded().woven(callee.target().position());
            }
        }
        try {
            return all.isEmpty() ? null : GateWeaver.weave(bytes, codes, all);
        } catch (RuntimeException e) {
            // Too long with all the calls, most likely. The places of a signature come first.
            called.forEach(callee -> callee.closed(name, System.identityHashCode(loader)));
            return jobs.isEmpty() ? null : GateWeaver.weave(bytes, codes, jobs);
        }
    }

    /** A call that may run another method than the one of the signature is to be asked about its receiver. */
    private static Job job(Target target, List<MethodCode> codes) {
        Callee callee = target.isCaller() ? target.guarded().callee(target.position()) : null;
        Job job = target.job();
        boolean asked = callee != null && codes.stream().filter(job::isIn).anyMatch(code ->
                job.index() < code.instructions().size() && callee.isAsked(code.instructions().get(job.index())));
        return asked ? new Job(job.kind(), job.method(), job.descriptor(), job.index(), job.site(), true) : job;
    }

    /** A synchronized method is either changed when its class is loaded, or reached by its callers. */
    private static boolean concerns(Target target, Class<?> loaded) {
        return target.isCaller() ? target.guarded().isReachedByCallers(target.position())
                : target.job().kind() != Kind.METHOD || loaded == null;
    }

    private static String obstacle(Target target, byte[] bytes, List<MethodCode> codes, List<Job> others) {
        MethodCode code = codes.stream().filter(target.job()::isIn).findFirst().orElse(null);
        if (code == null) {
            return "is not in this build";
        }
        if (!code.hash().equals(target.place().hash())) {
            return "is not the method that the signature was taken from, its body is another one";
        }
        boolean taken = others.stream().anyMatch(job -> job.isIn(code) && job.index() == target.job().index()
                && job.kind() != target.job().kind() && job.kind() != Kind.METHOD && target.job().kind() != Kind.METHOD);
        return taken ? "is named by two signatures in different ways" : GateWeaver.obstacle(bytes, code, target.job());
    }

    private void refuse(Target target, String why) {
        if (target.guarded().refuse(why)) {
            refused.accept(target.guarded());
        }
    }
}
