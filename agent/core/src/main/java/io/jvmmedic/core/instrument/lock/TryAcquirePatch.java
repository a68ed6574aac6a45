package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.LockVictim;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call at the beginning of the {@code tryAcquire} methods of the classes of one synchronizer. Installed for the
 * moment in which a wait is ended. Written with two instructions instead of advice: advice must never throw into the
 * host, and this is there to do just that.
 */
final class TryAcquirePatch implements ClassFileTransformer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TryAcquirePatch.class);
    private static final Set<String> METHODS = Set.of("tryAcquire", "tryAcquireShared");

    private final Instrumentation instrumentation;
    private final Class<?>[] targets;
    private final Set<Class<?>> patched = ConcurrentHashMap.newKeySet();
    private volatile Throwable failure;

    private TryAcquirePatch(Instrumentation instrumentation, Class<?>[] targets) {
        this.instrumentation = instrumentation;
        this.targets = targets;
    }

    /** Installs it for the class of a synchronizer; throws with a sentence when that cannot be done, and then has not. */
    static TryAcquirePatch install(Instrumentation instrumentation, Class<?> synchronizer, Class<?> family)
            throws UnmodifiableClassException {
        TryAcquirePatch patch = new TryAcquirePatch(instrumentation, targets(synchronizer, family));
        instrumentation.addTransformer(patch, true);
        try {
            instrumentation.retransformClasses(patch.targets);
            if (patch.patched.isEmpty() || patch.failure != null) {
                throw new IllegalStateException(synchronizer.getName() + " cannot be patched", patch.failure);
            }
            return patch;
        } catch (UnmodifiableClassException | RuntimeException | Error e) {
            patch.close();
            throw e;
        }
    }

    /** Whether it could be installed, as far as can be told without trying. */
    static boolean isPossible(Instrumentation instrumentation, Class<?> synchronizer, Class<?> family) {
        Class<?>[] targets = targets(synchronizer, family);
        for (Class<?> target : targets) {
            if (!instrumentation.isModifiableClass(target)) {
                return false;
            }
        }
        return targets.length > 0 && instrumentation.isRetransformClassesSupported();
    }

    /** The classes below the family's own that say how the lock is acquired. */
    private static Class<?>[] targets(Class<?> synchronizer, Class<?> family) {
        List<Class<?>> targets = new ArrayList<>();
        for (Class<?> type = synchronizer; type != family && type != AbstractOwnableSynchronizer.class;
                type = type.getSuperclass()) {
            for (var method : type.getDeclaredMethods()) {
                if (METHODS.contains(method.getName()) && !targets.contains(type)) {
                    targets.add(type);
                }
            }
        }
        return targets.toArray(Class<?>[]::new);
    }

    @Override
    public byte[] transform(Module module, ClassLoader loader, String name, Class<?> type, ProtectionDomain domain,
            byte[] bytes) {
        for (Class<?> target : targets) {
            if (target == type) {
                try {
                    byte[] result = patched(bytes);
                    patched.add(type);
                    return result;
                } catch (Throwable e) {
                    failure = e;
                }
            }
        }
        return null;
    }

    /** Neither frames nor the constant pool's order change: one call without a result, before all else. */
    private static byte[] patched(byte[] bytes) {
        ClassReader reader = OpenedClassReader.of(bytes);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new ClassVisitor(OpenedClassReader.ASM_API, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                return METHODS.contains(name) && (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_STATIC)) == 0
                        ? new Entry(method) : method;
            }
        }, 0);
        return writer.toByteArray();
    }

    @Override
    public void close() {
        instrumentation.removeTransformer(this);
        try {
            instrumentation.retransformClasses(targets);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
            LOG.warn("{}: a check that does nothing could not be taken out again", targets[0].getName(), e);
        }
    }

    private static final class Entry extends MethodVisitor {

        Entry(MethodVisitor next) {
            super(OpenedClassReader.ASM_API, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            visitVarInsn(Opcodes.ALOAD, 0);
            visitMethodInsn(Opcodes.INVOKESTATIC, LockVictim.class.getName().replace('.', '/'), "check",
                    "(Ljava/lang/Object;)V", false);
        }
    }
}
