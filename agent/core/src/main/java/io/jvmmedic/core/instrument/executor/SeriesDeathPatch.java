package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.bootstrap.EndedFutures;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.concurrent.FutureTask;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call in {@code FutureTask.setException}, where an exception has become the outcome and nothing of the future is given
 * up yet: behind that its task is gone, and before it somebody may still cancel it. Tasks that end as they should never
 * come there. Written with three instructions instead of advice, which knows the beginning and the end of a method only.
 */
final class SeriesDeathPatch implements ClassFileTransformer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SeriesDeathPatch.class);
    private static final String BRIDGE = EndedFutures.class.getName().replace('.', '/');

    private final Instrumentation instrumentation;
    private volatile boolean isIn;

    private SeriesDeathPatch(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /**
     * Does on the JDK's own file what will be done to the class: whatever that takes is loaded then.
     *
     * @throws IllegalStateException when the method has another form than it has from 17 to 25
     */
    static void rehearse() throws IOException {
        try (InputStream file = FutureTask.class.getResourceAsStream("FutureTask.class")) {
            int[] calls = new int[1];
            patched(file.readAllBytes(), calls);
            check(calls[0] == 1);
        }
    }

    private static void check(boolean fits) {
        if (!fits) {
            throw new IllegalStateException("FutureTask.setException does not end in one call of finishCompletion");
        }
    }

    /** @throws IllegalStateException when the method has another form than it has from 17 to 25 */
    static SeriesDeathPatch install(Instrumentation instrumentation) throws UnmodifiableClassException {
        SeriesDeathPatch patch = new SeriesDeathPatch(instrumentation);
        instrumentation.addTransformer(patch, true);
        try {
            instrumentation.retransformClasses(FutureTask.class);
            check(patch.isIn);
            return patch;
        } catch (UnmodifiableClassException | RuntimeException | Error e) {
            patch.close();
            throw e;
        }
    }

    @Override
    public byte[] transform(Module module, ClassLoader loader, String name, Class<?> type, ProtectionDomain domain,
            byte[] bytes) {
        if (type != FutureTask.class) {
            return null;
        }
        int[] calls = new int[1];
        byte[] patched = patched(bytes, calls);
        isIn = calls[0] == 1;
        return isIn ? patched : null;
    }

    /** No local variable and no frame changes: a call without a result, with what was on the stack left below. */
    private static byte[] patched(byte[] bytes, int[] calls) {
        ClassReader reader = OpenedClassReader.of(bytes);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new ClassVisitor(OpenedClassReader.ASM_API, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                return !name.equals("setException") || !descriptor.equals("(Ljava/lang/Throwable;)V") ? method
                        : new MethodVisitor(OpenedClassReader.ASM_API, method) {
                            @Override
                            public void visitMethodInsn(int opcode, String owner, String called, String form,
                                    boolean onInterface) {
                                if (called.equals("finishCompletion") && form.equals("()V")) {
                                    calls[0]++;
                                    super.visitVarInsn(Opcodes.ALOAD, 0);
                                    super.visitVarInsn(Opcodes.ALOAD, 1);
                                    super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, "ended",
                                            "(Ljava/lang/Object;Ljava/lang/Throwable;)V", false);
                                }
                                super.visitMethodInsn(opcode, owner, called, form, onInterface);
                            }
                        };
            }
        }, 0);
        return writer.toByteArray();
    }

    @Override
    public void close() {
        instrumentation.removeTransformer(this);
        try {
            instrumentation.retransformClasses(FutureTask.class);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
            LOG.warn("java.util.concurrent.FutureTask: a call that does nothing could not be taken out again", e);
        }
    }
}
