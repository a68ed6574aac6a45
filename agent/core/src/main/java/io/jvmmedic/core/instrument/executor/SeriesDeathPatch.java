package io.jvmmedic.core.instrument.executor;

import io.jvmmedic.bootstrap.EndedFutures;
import io.jvmmedic.core.instrument.CallPatch;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.concurrent.FutureTask;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * One call in {@code FutureTask.setException}, where an exception has become the outcome and nothing of the future is given
 * up yet: behind that its task is gone, and before it somebody may still cancel it. Tasks that end as they should never
 * come there. Written with three instructions instead of advice, which knows the beginning and the end of a method only.
 */
final class SeriesDeathPatch extends CallPatch {

    private static final String BRIDGE = EndedFutures.class.getName().replace('.', '/');

    private SeriesDeathPatch(Instrumentation instrumentation) {
        super(instrumentation, FutureTask.class);
    }

    /**
     * Does on the JDK's own file what will be done to the class: whatever that takes is loaded then.
     *
     * @throws IllegalStateException when the method has another form than it has from 17 to 25
     */
    static void rehearse() throws IOException {
        try (InputStream file = FutureTask.class.getResourceAsStream("FutureTask.class")) {
            withCall(file.readAllBytes());
        }
    }

    /** @throws IllegalStateException when the method has another form than it has from 17 to 25 */
    static SeriesDeathPatch install(Instrumentation instrumentation) throws UnmodifiableClassException {
        SeriesDeathPatch patch = new SeriesDeathPatch(instrumentation);
        patch.install(FutureTask.class.getName());
        return patch;
    }

    @Override
    protected byte[] patched(byte[] bytes) {
        return withCall(bytes);
    }

    private static byte[] withCall(byte[] bytes) {
        int[] calls = new int[1];
        byte[] patched = patched(bytes, (access, name, descriptor, next) ->
                name.equals("setException") && descriptor.equals("(Ljava/lang/Throwable;)V") ? new Entry(next, calls) : next);
        if (calls[0] != 1) {
            throw new IllegalStateException("FutureTask.setException does not end in one call of finishCompletion");
        }
        return patched;
    }

    private static final class Entry extends MethodVisitor {

        private final int[] calls;

        Entry(MethodVisitor next, int[] calls) {
            super(OpenedClassReader.ASM_API, next);
            this.calls = calls;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String form, boolean onInterface) {
            if (called.equals("finishCompletion") && form.equals("()V")) {
                calls[0]++;
                super.visitVarInsn(Opcodes.ALOAD, 0);
                super.visitVarInsn(Opcodes.ALOAD, 1);
                super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, "ended", "(Ljava/lang/Object;Ljava/lang/Throwable;)V",
                        false);
            }
            super.visitMethodInsn(opcode, owner, called, form, onInterface);
        }
    }
}
