package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * One method with its acquisitions gated. A token in a new local variable says what is held; it is given back right after
 * the lock, when the acquisition throws, and in any case when the method ends.
 *
 * <p>An acquisition that throws ends in code of ours behind the method's own, which gives the token back and throws on. That
 * code stands under the same handlers as the acquisition, so the exception goes where it would have gone.
 *
 * <p>A synchronized method becomes one that takes its monitor itself, as a block around the whole body: a gate must be
 * passed before the monitor is taken.
 */
final class GatedMethod extends MethodVisitor {

    private static final String HOOKS = Type.getInternalName(Hooks.class);
    private static final Object[] THROWN = {"java/lang/Throwable"};

    private record Range(Label start, Label end) {
    }

    private record Guard(Label start, Label end, Label handler, String type) {
    }

    /** Local variable for the hold of one site, which may have to be asked about the receiver. */
    private record Token(int site, int variable, boolean asked) {
    }

    /**
     * One acquisition.
     *
     * @param tokens one per signature that names it
     * @param start of the instruction that acquires, and its end
     * @param failed where it goes on when that throws
     */
    private record Acquisition(Kind kind, int index, List<Token> tokens, Label start, Label end, Label failed) {

        boolean is(Kind other) {
            return kind == other;
        }
    }

    private final String owner;
    private final boolean isStatic;
    private final MethodCode code;
    private final List<Acquisition> acquisitions = new ArrayList<>();
    private final boolean whole;
    /** Locals of the original method end here; behind them are the tokens, the monitor, and room for arguments. */
    private final int firstOwn;
    private final int monitor;
    private final int spilled;
    private final int constructed;

    private final List<Guard> guards = new ArrayList<>();
    private final Map<Label, Integer> places = new IdentityHashMap<>();
    private final Map<Label, Object[]> frames = new IdentityHashMap<>();
    /** Labels since the last instruction. */
    private final List<Label> here = new ArrayList<>();
    /** What was just given back; its token is, as soon as that cannot fall under the handler for the lock any more. */
    private final List<Acquisition> over = new ArrayList<>();
    private final List<Range> guarded = new ArrayList<>();
    private Label from;
    private boolean empty;
    private int index;

    GatedMethod(MethodVisitor next, String owner, int access, MethodCode code, List<GateWeaver.Job> jobs) {
        super(OpenedClassReader.ASM_API, next);
        this.owner = owner;
        this.isStatic = (access & Opcodes.ACC_STATIC) != 0;
        this.code = code;
        this.constructed = code.constructed();
        this.firstOwn = code.locals();
        int variable = firstOwn;
        for (GateWeaver.Job job : jobs) {
            List<Token> tokens = tokensOf(job);
            if (job.site() != GateWeaver.Job.NO_SITE) {
                tokens.add(new Token(job.site(), variable++, job.asked()));
            }
        }
        this.whole = acquisitions.stream().anyMatch(each -> each.is(Kind.METHOD));
        this.monitor = variable;
        this.spilled = monitor + 1;
    }

    private List<Token> tokensOf(GateWeaver.Job job) {
        for (Acquisition known : acquisitions) {
            if (known.kind == job.kind() && known.index == job.index()) {
                return known.tokens;
            }
        }
        List<Token> tokens = new ArrayList<>();
        acquisitions.add(new Acquisition(job.kind(), job.index(), tokens, new Label(), new Label(), new Label()));
        return tokens;
    }

    // ---- around the method

    @Override
    public void visitCode() {
        mv.visitCode();
        for (Acquisition each : acquisitions) {
            // The first in the table, before any handler of the method's own.
            mv.visitTryCatchBlock(each.start, each.end, each.failed, null);
            for (Token token : each.tokens) {
                mv.visitInsn(Opcodes.ICONST_0);
                mv.visitVarInsn(Opcodes.ISTORE, token.variable);
            }
        }
        acquisitions.stream().filter(each -> each.is(Kind.METHOD)).forEach(this::takeMonitor);
        if (constructed == 0) {
            open();
        }
    }

    private void takeMonitor(Acquisition acquisition) {
        if (isStatic) {
            mv.visitLdcInsn(Type.getObjectType(owner));
        } else {
            mv.visitVarInsn(Opcodes.ALOAD, 0);
        }
        mv.visitInsn(Opcodes.DUP);
        mv.visitVarInsn(Opcodes.ASTORE, monitor);
        enter(acquisition);
        mv.visitLabel(acquisition.start);
        mv.visitInsn(Opcodes.MONITORENTER);
        mv.visitLabel(acquisition.end);
    }

    /** From here on, whatever leaves the method by an exception passes our handler. */
    private void open() {
        from = new Label();
        mv.visitLabel(from);
        empty = true;
    }

    private void close() {
        if (from != null && !empty) {
            Label to = new Label();
            mv.visitLabel(to);
            guarded.add(new Range(from, to));
        }
        from = null;
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
        close();
        acquisitions.forEach(this::giveBackAndThrowOn);
        Label handler = new Label();
        guarded.forEach(range -> mv.visitTryCatchBlock(range.start, range.end, handler, null));
        mv.visitLabel(handler);
        frame(new Object[0]);
        end();
        mv.visitInsn(Opcodes.ATHROW);
        mv.visitMaxs(maxStack, maxLocals);
    }

    private void giveBackAndThrowOn(Acquisition acquisition) {
        // The monitor of the method itself is taken outside of everything.
        List<Guard> covering = acquisition.is(Kind.METHOD) ? List.of() : guards.stream()
                .filter(guard -> places.get(guard.start) <= acquisition.index
                        && acquisition.index < places.get(guard.end)).toList();
        mv.visitLabel(acquisition.failed);
        // What the innermost handler needs is there at the acquisition, and what the outer ones need is part of it.
        frame(covering.isEmpty() ? new Object[0] : frames.getOrDefault(covering.get(0).handler, new Object[0]));
        leave(acquisition);
        mv.visitInsn(Opcodes.ATHROW);
        Label end = new Label();
        mv.visitLabel(end);
        covering.forEach(guard -> mv.visitTryCatchBlock(acquisition.failed, end, guard.handler, guard.type));
        if (!acquisition.is(Kind.METHOD)) {
            guarded.add(new Range(acquisition.failed, end));
        }
    }

    private void end() {
        if (whole) {
            mv.visitVarInsn(Opcodes.ALOAD, monitor);
            mv.visitInsn(Opcodes.MONITOREXIT);
        }
        for (Acquisition each : acquisitions) {
            for (Token token : each.tokens) {
                mv.visitVarInsn(Opcodes.ILOAD, token.variable);
                hook("endGate", "(I)V");
            }
        }
    }

    // ---- around an acquisition

    /** With the lock on the stack, where it stays. */
    private void enter(Acquisition acquisition) {
        for (Token token : acquisition.tokens) {
            mv.visitInsn(Opcodes.DUP);
            mv.visitLdcInsn(token.site);
            mv.visitVarInsn(Opcodes.ILOAD, token.variable);
            hook("enterGate", "(Ljava/lang/Object;II)I");
            mv.visitVarInsn(Opcodes.ISTORE, token.variable);
        }
    }

    private void leave(Acquisition acquisition) {
        for (Token token : acquisition.tokens) {
            mv.visitVarInsn(Opcodes.ILOAD, token.variable);
            hook("leaveGate", "(I)V");
            mv.visitInsn(Opcodes.ICONST_0);
            mv.visitVarInsn(Opcodes.ISTORE, token.variable);
        }
    }

    private void hook(String name, String descriptor) {
        mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, name, descriptor, false);
    }

    private Acquisition acquisitionAt(int at) {
        return acquisitions.stream().filter(each -> !each.is(Kind.METHOD) && each.index == at).findFirst().orElse(null);
    }


    private void acquire(Acquisition acquisition, Runnable instruction) {
        mv.visitLabel(acquisition.start);
        instruction.run();
        mv.visitLabel(acquisition.end);
    }

    private void enterBlock(Acquisition acquisition) {
        enter(acquisition);
        acquire(acquisition, () -> mv.visitInsn(Opcodes.MONITORENTER));
    }

    private void lock(Acquisition acquisition, Runnable call) {
        MethodCode.Instruction instruction = code.instructions().get(acquisition.index);
        if (instruction.isTimed()) {
            mv.visitVarInsn(Opcodes.ASTORE, spilled + 2);
            mv.visitVarInsn(Opcodes.LSTORE, spilled);
        }
        enter(acquisition);
        if (instruction.isTimed()) {
            mv.visitVarInsn(Opcodes.LLOAD, spilled);
            mv.visitVarInsn(Opcodes.ALOAD, spilled + 2);
        }
        acquire(acquisition, call);
        if (instruction.descriptor().endsWith("Z")) {
            for (Token token : acquisition.tokens) {
                mv.visitInsn(Opcodes.DUP);
                mv.visitVarInsn(Opcodes.ILOAD, token.variable);
                hook("acquired", "(ZI)I");
                mv.visitVarInsn(Opcodes.ISTORE, token.variable);
            }
        }
    }

    private void call(Acquisition acquisition, String descriptor, Runnable call) {
        Type[] arguments = Type.getArgumentTypes(descriptor);
        boolean asked = acquisition.tokens.stream().anyMatch(Token::asked);
        if (asked) {
            spill(arguments);
        }
        for (Token token : acquisition.tokens) {
            mv.visitInsn(token.asked ? Opcodes.DUP : Opcodes.ACONST_NULL);
            mv.visitLdcInsn(token.site);
            mv.visitVarInsn(Opcodes.ILOAD, token.variable);
            hook(token.asked ? "enterGateOf" : "enterGate", "(Ljava/lang/Object;II)I");
            mv.visitVarInsn(Opcodes.ISTORE, token.variable);
        }
        if (asked) {
            restore(arguments);
        }
        acquire(acquisition, call);
        leave(acquisition);
    }

    /** The receiver is below the arguments. */
    private void spill(Type[] arguments) {
        int variable = spilled + Arrays.stream(arguments).mapToInt(Type::getSize).sum();
        for (int i = arguments.length - 1; i >= 0; i--) {
            variable -= arguments[i].getSize();
            mv.visitVarInsn(arguments[i].getOpcode(Opcodes.ISTORE), variable);
        }
    }

    /** An interpreted frame keeps alive what its variables hold, so they are emptied. */
    private void restore(Type[] arguments) {
        int variable = spilled;
        for (Type argument : arguments) {
            mv.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), variable);
            if (argument.getSort() >= Type.ARRAY) {
                mv.visitInsn(Opcodes.ACONST_NULL);
                mv.visitVarInsn(Opcodes.ASTORE, variable);
            }
            variable += argument.getSize();
        }
    }

    private void unlock(Runnable call) {
        mv.visitInsn(Opcodes.DUP);
        call.run();
        for (Acquisition each : acquisitions) {
            for (Token token : each.is(Kind.LOCK) ? each.tokens : List.<Token>of()) {
                mv.visitInsn(Opcodes.DUP);
                mv.visitVarInsn(Opcodes.ILOAD, token.variable);
                hook("released", "(Ljava/lang/Object;I)I");
                mv.visitVarInsn(Opcodes.ISTORE, token.variable);
            }
        }
        mv.visitInsn(Opcodes.POP);
    }

    // ---- frames and labels

    @Override
    public void visitLabel(Label label) {
        places.put(label, index);
        here.add(label);
        mv.visitLabel(label);
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        guards.add(new Guard(start, end, handler, type));
        mv.visitTryCatchBlock(start, end, handler, type);
    }

    @Override
    public void visitFrame(int type, int count, Object[] locals, int stackCount, Object[] stack) {
        Object[] own = Arrays.copyOf(locals, count);
        here.forEach(label -> frames.put(label, own));
        Object[] all = withOurs(own);
        mv.visitFrame(type, all.length, all, stackCount, stack);
    }

    private void frame(Object[] own) {
        Object[] all = withOurs(own);
        mv.visitFrame(Opcodes.F_NEW, all.length, all, 1, THROWN);
    }

    /** Those of the method, nothing up to ours, then ours. */
    private Object[] withOurs(Object[] own) {
        List<Object> all = new ArrayList<>(Arrays.asList(own));
        int slots = 0;
        for (Object each : own) {
            slots += each == Opcodes.LONG || each == Opcodes.DOUBLE ? 2 : 1;
        }
        for (; slots < firstOwn; slots++) {
            all.add(Opcodes.TOP);
        }
        acquisitions.forEach(each -> each.tokens.forEach(token -> all.add(Opcodes.INTEGER)));
        if (whole) {
            all.add(isStatic ? "java/lang/Class" : owner);
        }
        return all.toArray();
    }

    // ---- instructions

    /** Before each instruction of the method; returns its number. */
    private int next() {
        if (from == null && index >= constructed) {
            open();
        }
        over.forEach(this::leave);
        over.clear();
        here.clear();
        empty = false;
        return index++;
    }

    @Override
    public void visitInsn(int opcode) {
        int at = next();
        Acquisition acquisition = opcode == Opcodes.MONITORENTER ? acquisitionAt(at) : null;
        if (acquisition != null) {
            enterBlock(acquisition);
            return;
        }
        boolean isReturn = opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
        if (isReturn) {
            close();
            end();
        }
        mv.visitInsn(opcode);
        if (opcode == Opcodes.MONITOREXIT) {
            int ended = code.endedBy(at);
            acquisitions.stream().filter(each -> each.is(Kind.BLOCK) && each.index == ended).forEach(over::add);
        }
    }

    @Override
    public void visitMethodInsn(int opcode, String target, String name, String descriptor, boolean isInterface) {
        int at = next();
        Runnable call = () -> mv.visitMethodInsn(opcode, target, name, descriptor, isInterface);
        Acquisition acquisition = acquisitionAt(at);
        if (acquisition != null && acquisition.is(Kind.LOCK)) {
            lock(acquisition, call);
        } else if (acquisition != null) {
            call(acquisition, descriptor, call);
        } else if (code.instructions().get(at).isUnlocking() && acquisitions.stream().anyMatch(each -> each.is(Kind.LOCK))) {
            unlock(call);
        } else {
            call.run();
        }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        next();
        mv.visitIntInsn(opcode, operand);
    }

    @Override
    public void visitVarInsn(int opcode, int variable) {
        next();
        mv.visitVarInsn(opcode, variable);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        next();
        mv.visitTypeInsn(opcode, type);
    }

    @Override
    public void visitFieldInsn(int opcode, String target, String name, String descriptor) {
        next();
        mv.visitFieldInsn(opcode, target, name, descriptor);
    }

    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        next();
        mv.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        next();
        mv.visitJumpInsn(opcode, label);
    }

    @Override
    public void visitLdcInsn(Object value) {
        next();
        mv.visitLdcInsn(value);
    }

    @Override
    public void visitIincInsn(int variable, int increment) {
        next();
        mv.visitIincInsn(variable, increment);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
        next();
        mv.visitTableSwitchInsn(min, max, otherwise, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
        next();
        mv.visitLookupSwitchInsn(otherwise, keys, labels);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        next();
        mv.visitMultiANewArrayInsn(descriptor, dimensions);
    }
}
