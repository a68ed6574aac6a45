package io.jvmmedic.core.instrument.lock;

import java.util.LinkedHashSet;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/** Which classes a line of code may initialize: it makes one, calls or reads something static of one, or names one. */
final class ClassUses {

    private ClassUses() {
    }

    /**
     * Names as in {@code Class.getName()}.
     *
     * @param line in that method, whatever its signature; negative for all of it
     */
    static Set<String> at(byte[] bytes, String method, int line) {
        Set<String> found = new LinkedHashSet<>();
        new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] exceptions) {
                return name.equals(method) ? new Uses(line, found) : null;
            }
        }, ClassReader.SKIP_FRAMES);
        return found;
    }

    private static final class Uses extends MethodVisitor {

        private final int line;
        private final Set<String> found;
        private boolean here;

        Uses(int line, Set<String> found) {
            super(Opcodes.ASM9);
            this.line = line;
            this.found = found;
            this.here = line < 0;
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            here = line < 0 || number == line;
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            add(opcode == Opcodes.NEW, type);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            add(opcode == Opcodes.GETSTATIC || opcode == Opcodes.PUTSTATIC, owner);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            add(opcode == Opcodes.INVOKESTATIC, owner);
        }

        /** {@code Class.forName("com.acme.Driver")}, {@code Driver.class.getConstructor()}. */
        @Override
        public void visitLdcInsn(Object value) {
            if (value instanceof Type type) {
                add(type.getSort() == Type.OBJECT, type.getInternalName());
            } else if (value instanceof String name) {
                add(true, name);
            }
        }

        private void add(boolean initializes, String type) {
            if (here && initializes) {
                found.add(type.replace('/', '.'));
            }
        }
    }
}
