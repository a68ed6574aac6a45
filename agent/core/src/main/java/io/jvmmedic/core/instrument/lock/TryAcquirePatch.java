package io.jvmmedic.core.instrument.lock;

import io.jvmmedic.bootstrap.LockVictim;
import io.jvmmedic.core.instrument.CallPatch;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * One call at the beginning of the {@code tryAcquire} methods of the classes of one synchronizer. Installed for the
 * moment in which a wait is ended. Written with two instructions instead of advice: advice must never throw into the
 * host, and this is there to do just that.
 */
final class TryAcquirePatch extends CallPatch {

    private static final Set<String> METHODS = Set.of("tryAcquire", "tryAcquireShared");

    private TryAcquirePatch(Instrumentation instrumentation, Class<?>[] targets) {
        super(instrumentation, targets);
    }

    /** Installs it for the class of a synchronizer; throws with a sentence when that cannot be done, and then has not. */
    static TryAcquirePatch install(Instrumentation instrumentation, Class<?> synchronizer, Class<?> family)
            throws UnmodifiableClassException {
        TryAcquirePatch patch = new TryAcquirePatch(instrumentation, targets(synchronizer, family));
        patch.install(synchronizer.getName());
        return patch;
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

    /** Before all else. */
    @Override
    protected byte[] patched(byte[] bytes) {
        return patched(bytes, (access, name, descriptor, next) -> METHODS.contains(name)
                && (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_STATIC)) == 0 ? new Entry(next) : next);
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
