package io.jvmmedic.core.instrument.immunity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * The body of one method: its instructions, a hash of them, and which locks taken in it may be held at each. Line numbers
 * and names of variables are no part of it; the constant pool's order is none either, since the JVM gives a loaded class
 * back in another one.
 */
final class MethodCode {

    /** A place where control goes on, other than at the next instruction. */
    private record Jump(int from, Label to) {
    }

    private record Guard(Label start, Label end, Label handler, String type) {
    }

    /**
     * One instruction.
     *
     * @param text opcode and operands, without targets
     * @param owner of a called method; {@code null} for anything else, as are name and descriptor
     * @param variable number of a local; -1 for none
     */
    record Instruction(int opcode, String text, int line, String owner, String name, String descriptor, int variable) {

        boolean isCall() {
            return name != null;
        }

        /** By name and form alone: who waits in it is known to wait for a lock, and what is passed is looked at then. */
        boolean isLocking() {
            return isLockCall() && (name.equals("lock") && descriptor.equals("()V")
                    || name.equals("lockInterruptibly") && descriptor.equals("()V")
                    || name.equals("tryLock") && (descriptor.equals("()Z") || isTimed()));
        }

        boolean isTimed() {
            return descriptor.equals("(JLjava/util/concurrent/TimeUnit;)Z");
        }

        boolean isUnlocking() {
            return isLockCall() && name.equals("unlock") && descriptor.equals("()V");
        }

        private boolean isLockCall() {
            return isCall() && (opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE);
        }

        private boolean endsBlock() {
            return opcode == Opcodes.GOTO || opcode == Opcodes.ATHROW || opcode == Opcodes.TABLESWITCH
                    || opcode == Opcodes.LOOKUPSWITCH || opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
        }
    }

    private final String owner;
    private final int access;
    private final String name;
    private final String descriptor;
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Jump> jumps = new ArrayList<>();
    private final List<Guard> guards = new ArrayList<>();
    private final Map<Label, Integer> places = new IdentityHashMap<>();
    private int locals;
    private BitSet[] held;

    private MethodCode(String owner, int access, String name, String descriptor) {
        this.owner = owner;
        this.access = access;
        this.name = name;
        this.descriptor = descriptor;
    }

    /** All methods of a class that have a body. */
    static List<MethodCode> of(byte[] bytes) {
        List<MethodCode> methods = new ArrayList<>();
        ClassReader reader = OpenedClassReader.of(bytes);
        reader.accept(new ClassVisitor(OpenedClassReader.ASM_API) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                MethodCode code = new MethodCode(reader.getClassName(), access, name, descriptor);
                if ((access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) == 0) {
                    methods.add(code);
                }
                return code.new Collector();
            }
        }, ClassReader.SKIP_FRAMES);
        return methods;
    }

    /** Whether a class has a method of its own of this name and form, with a body or without. */
    static boolean declares(ClassReader reader, String name, String descriptor) {
        boolean[] found = new boolean[1];
        reader.accept(new ClassVisitor(OpenedClassReader.ASM_API) {
            @Override
            public MethodVisitor visitMethod(int access, String each, String form, String signature, String[] exceptions) {
                found[0] |= each.equals(name) && form.equals(descriptor);
                return null;
            }
        }, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found[0];
    }

    String name() {
        return name;
    }

    String descriptor() {
        return descriptor;
    }

    boolean isSynchronized() {
        return (access & Opcodes.ACC_SYNCHRONIZED) != 0;
    }

    boolean isPrivate() {
        return (access & Opcodes.ACC_PRIVATE) != 0;
    }

    boolean isStatic() {
        return (access & Opcodes.ACC_STATIC) != 0;
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** Slots of its local variables. */
    int locals() {
        return locals;
    }

    /** Index of the first instruction at which {@code this} may be used; 0 but for constructors. */
    int constructed() {
        int open = 0;
        for (int i = 0; name.equals("<init>") && i < instructions.size(); i++) {
            Instruction each = instructions.get(i);
            if (each.opcode() == Opcodes.NEW) {
                open++;
            } else if (each.opcode() == Opcodes.INVOKESPECIAL && each.name().equals("<init>") && --open < 0) {
                return i + 1;
            }
        }
        return 0;
    }

    /** A place in this method. */
    Place at(int index) {
        return new Place(owner.replace('/', '.'), name, descriptor, index, instructions.get(index).line(), hash());
    }

    /** Equal for equal bodies, whoever compiled them and whenever. */
    String hash() {
        StringBuilder text = new StringBuilder(name).append(descriptor).append(isSynchronized());
        instructions.forEach(each -> text.append('\n').append(each.text()));
        jumps.forEach(jump -> text.append('\n').append(jump.from()).append("->").append(places.get(jump.to())));
        guards.forEach(guard -> text.append('\n').append(places.get(guard.start())).append('-')
                .append(places.get(guard.end())).append('>').append(places.get(guard.handler())).append(guard.type()));
        return Signature.Digest.of(text.toString()).substring(0, 32);
    }

    /**
     * Which acquisitions of this method may still hold their lock when an instruction begins, outermost first.
     *
     * @param monitors of monitors; else of locks
     */
    List<Integer> heldAt(int index, boolean monitors) {
        List<Integer> found = new ArrayList<>();
        for (int each : heldBefore(index).stream().toArray()) {
            if (monitors == (instructions.get(each).opcode() == Opcodes.MONITORENTER)) {
                found.add(each);
            }
        }
        return found;
    }

    /** Which acquisition a {@code monitorexit} or {@code unlock} gives back; -1 when that cannot be told. */
    int endedBy(int index) {
        BitSet before = heldBefore(index);
        boolean monitor = instructions.get(index).opcode() == Opcodes.MONITOREXIT;
        String what = subject(index);
        int last = -1;
        int same = -1;
        for (int each : before.stream().toArray()) {
            if (monitor == (instructions.get(each).opcode() == Opcodes.MONITORENTER)) {
                last = each;
                same = what.equals(subject(each)) ? each : same;
            }
        }
        return same >= 0 ? same : last;
    }

    private BitSet heldBefore(int index) {
        if (held == null) {
            held = new BitSet[instructions.size()];
            Arrays.setAll(held, each -> new BitSet());
            follow();
        }
        return held[index];
    }

    /** Union over all ways that lead to an instruction, exceptions among them, until nothing changes any more. */
    private void follow() {
        BitSet work = new BitSet();
        BitSet reached = new BitSet();
        work.set(0);
        reached.set(0);
        for (int each = work.nextSetBit(0); each >= 0; each = work.nextSetBit(0)) {
            work.clear(each);
            BitSet after = after(each);
            for (Guard guard : guards) {
                if (places.get(guard.start()) <= each && each < places.get(guard.end())) {
                    flow(held[each], places.get(guard.handler()), work, reached);
                }
            }
            for (Jump jump : jumps) {
                if (jump.from() == each) {
                    flow(after, places.get(jump.to()), work, reached);
                }
            }
            if (!instructions.get(each).endsBlock() && each + 1 < instructions.size()) {
                flow(after, each + 1, work, reached);
            }
        }
    }

    private void flow(BitSet state, int to, BitSet work, BitSet reached) {
        int before = held[to].cardinality();
        held[to].or(state);
        if (held[to].cardinality() != before || !reached.get(to)) {
            reached.set(to);
            work.set(to);
        }
    }

    private BitSet after(int index) {
        Instruction each = instructions.get(index);
        BitSet after = (BitSet) held[index].clone();
        if (each.opcode() == Opcodes.MONITORENTER || each.isLocking()) {
            after.set(index);
        } else if (each.opcode() == Opcodes.MONITOREXIT || each.isUnlocking()) {
            int ended = endedBy(index);
            if (ended >= 0) {
                after.clear(ended);
            }
        }
        return after;
    }

    /** The variable or the field from which the lock came; empty when it came in another way. */
    private String subject(int index) {
        StringBuilder text = new StringBuilder();
        for (int i = index - 1; i >= 0; i--) {
            Instruction each = instructions.get(i);
            if (each.opcode() == Opcodes.ALOAD || each.opcode() == Opcodes.ASTORE) {
                return text.append(each.variable()).toString();
            }
            text.append(each.text()).append(' ');
            if (each.opcode() == Opcodes.GETSTATIC) {
                return text.toString();
            }
            boolean step = each.opcode() == Opcodes.GETFIELD || each.opcode() == Opcodes.CHECKCAST
                    || each.isCall() && each.descriptor().startsWith("()L");
            if (!step) {
                return "";
            }
        }
        return "";
    }

    /** Puts instructions into words. */
    private final class Collector extends InstructionVisitor {

        private int line = -1;

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
        }

        @Override
        public void visitLabel(Label label) {
            places.put(label, instructions.size());
        }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
            guards.add(new Guard(start, end, handler, type));
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
            locals = maxLocals;
        }

        @Override
        protected void plain(int opcode, String operands, int variable) {
            instructions.add(new Instruction(opcode, opcode + operands, line, null, null, null, variable));
        }

        @Override
        protected void call(int opcode, String target, String called, String form) {
            instructions.add(new Instruction(opcode, opcode + " " + target + "." + called + form, line, target, called,
                    form, -1));
        }

        @Override
        protected void jump(Label target) {
            jumps.add(new Jump(instructions.size() - 1, target));
        }
    }

    /** All kinds of instructions as three. */
    private abstract static class InstructionVisitor extends MethodVisitor {

        InstructionVisitor() {
            super(OpenedClassReader.ASM_API);
        }

        /** @param variable number of a local; -1 for none */
        protected abstract void plain(int opcode, String operands, int variable);

        protected abstract void call(int opcode, String target, String called, String form);

        /** A target of the last instruction. */
        protected abstract void jump(Label target);

        @Override
        public void visitInsn(int opcode) {
            plain(opcode, "", -1);
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            plain(opcode, " " + operand, -1);
        }

        @Override
        public void visitVarInsn(int opcode, int variable) {
            plain(opcode, " " + variable, variable);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            plain(opcode, " " + type, -1);
        }

        @Override
        public void visitFieldInsn(int opcode, String target, String field, String form) {
            plain(opcode, " " + target + "." + field + form, -1);
        }

        @Override
        public void visitMethodInsn(int opcode, String target, String called, String form, boolean isInterface) {
            call(opcode, target, called, form);
        }

        @Override
        public void visitInvokeDynamicInsn(String called, String form, Handle bootstrap, Object... arguments) {
            plain(Opcodes.INVOKEDYNAMIC, " " + called + form + bootstrap + Arrays.toString(arguments), -1);
        }

        @Override
        public void visitJumpInsn(int opcode, Label label) {
            plain(opcode, "", -1);
            jump(label);
        }

        @Override
        public void visitLdcInsn(Object value) {
            plain(Opcodes.LDC, " " + value.getClass().getName() + " " + value, -1);
        }

        @Override
        public void visitIincInsn(int variable, int increment) {
            plain(Opcodes.IINC, " " + variable + " " + increment, -1);
        }

        @Override
        public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
            plain(Opcodes.TABLESWITCH, " " + min + " " + max, -1);
            jump(otherwise);
            Arrays.stream(labels).forEach(this::jump);
        }

        @Override
        public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
            plain(Opcodes.LOOKUPSWITCH, " " + Arrays.toString(keys), -1);
            jump(otherwise);
            Arrays.stream(labels).forEach(this::jump);
        }

        @Override
        public void visitMultiANewArrayInsn(String form, int dimensions) {
            plain(Opcodes.MULTIANEWARRAY, " " + form + " " + dimensions, -1);
        }
    }
}
