package io.jvmmedic.core.instrument;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.utility.OpenedClassReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call without a result in methods of some loaded classes of the JDK, put in and taken out again; for what advice cannot do:
 * throw into the host, or stand in the middle of a method. No frame, local variable or order of the constant pool changes.
 */
public abstract class CallPatch implements ClassFileTransformer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CallPatch.class);

    private final Instrumentation instrumentation;
    private final Class<?>[] targets;
    private final Set<Class<?>> patched = ConcurrentHashMap.newKeySet();
    private volatile Throwable failure;

    /** @param targets may be none, and then it cannot be installed */
    protected CallPatch(Instrumentation instrumentation, Class<?>... targets) {
        this.instrumentation = instrumentation;
        this.targets = targets;
    }

    /** Where the method is one that gets the call, a visitor in front of {@code next}; else {@code next} itself. */
    protected interface Methods {
        MethodVisitor visit(int access, String name, String descriptor, MethodVisitor next);
    }

    /** The class with its calls. What it throws says why it cannot be done. */
    protected abstract byte[] patched(byte[] bytes);

    protected static byte[] patched(byte[] bytes, Methods methods) {
        ClassReader reader = OpenedClassReader.of(bytes);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new ClassVisitor(OpenedClassReader.ASM_API, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                return methods.visit(access, name, descriptor,
                        super.visitMethod(access, name, descriptor, signature, exceptions));
            }
        }, 0);
        return writer.toByteArray();
    }

    /**
     * Puts it into all targets, in one pause of the JVM.
     *
     * @param what is patched, for the sentence
     * @throws IllegalStateException when that cannot be done; nothing is changed then
     */
    protected final void install(String what) throws UnmodifiableClassException {
        instrumentation.addTransformer(this, true);
        try {
            instrumentation.retransformClasses(targets);
            if (patched.isEmpty() || failure != null) {
                throw new IllegalStateException(what + " cannot be patched", failure);
            }
        } catch (UnmodifiableClassException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public final byte[] transform(Module module, ClassLoader loader, String name, Class<?> type, ProtectionDomain domain,
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

    @Override
    public final void close() {
        instrumentation.removeTransformer(this);
        try {
            instrumentation.retransformClasses(targets);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
            LOG.warn("{}: a call that does nothing could not be taken out again", targets[0].getName(), e);
        }
    }
}
