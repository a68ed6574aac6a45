package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Puts the calls of the gates around the acquisitions of a class. Written with instructions instead of advice, which knows
 * the beginning and the end of a method only: an acquisition is an instruction in the middle.
 */
final class GateWeaver {

    /** Older class files have subroutines and no frames. */
    private static final int OLDEST = Opcodes.V1_6;
    private static final int MAJOR_VERSION = 6;

    private GateWeaver() {
    }

    /**
     * An acquisition to be gated.
     *
     * @param index of the instruction; 0 for a whole method
     * @param site number that the gates know it by; {@link #NO_SITE} for a method that only takes its monitor itself
     * @param asked whether the gate is to be asked if this receiver's method is the one that it is for
     */
    record Job(Kind kind, String method, String descriptor, int index, int site, boolean asked) {

        static final int NO_SITE = -1;

        Job(Kind kind, String method, String descriptor, int index, int site) {
            this(kind, method, descriptor, index, site, false);
        }

        boolean isSamePlace(Job other) {
            return site == other.site && index == other.index && method.equals(other.method)
                    && descriptor.equals(other.descriptor);
        }

        boolean isIn(MethodCode code) {
            return method.equals(code.name()) && descriptor.equals(code.descriptor());
        }
    }

    /** Why an acquisition cannot be gated; empty when it can. */
    static String obstacle(byte[] bytes, MethodCode code, Job job) {
        int version = (bytes[MAJOR_VERSION] & 0xff) << 8 | bytes[MAJOR_VERSION + 1] & 0xff;
        if (version < OLDEST) {
            return "is compiled for Java 5 or older";
        }
        if (job.kind() == Kind.METHOD) {
            return code.isSynchronized() ? "" : "is no synchronized method";
        }
        if (job.index() >= code.instructions().size()) {
            return "has no instruction " + job.index();
        }
        MethodCode.Instruction found = code.instructions().get(job.index());
        boolean fits = switch (job.kind()) {
            case BLOCK -> found.opcode() == Opcodes.MONITORENTER;
            case LOCK -> found.isLocking();
            default -> found.isCall() && !found.name().equals("<init>");
        };
        return !fits ? "takes no lock at instruction " + job.index()
                : job.index() < code.constructed() ? "takes the lock before the constructor above has run" : "";
    }

    /** The class with its gates; all jobs must be free of {@linkplain #obstacle obstacles}. */
    static byte[] weave(byte[] bytes, List<MethodCode> codes, List<Job> jobs) {
        ClassReader reader = OpenedClassReader.of(bytes);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new ClassVisitor(OpenedClassReader.ASM_API, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                MethodCode code = codes.stream().filter(each -> each.name().equals(name)
                        && each.descriptor().equals(descriptor)).findFirst().orElse(null);
                List<Job> here = code == null ? List.of() : jobs.stream().filter(job -> job.isIn(code)).toList();
                boolean whole = here.stream().anyMatch(job -> job.kind() == Kind.METHOD);
                MethodVisitor next = super.visitMethod(whole ? access & ~Opcodes.ACC_SYNCHRONIZED : access, name, descriptor,
                        signature, exceptions);
                return here.isEmpty() ? next : new GatedMethod(next, reader.getClassName(), access, code, here);
            }
        }, ClassReader.EXPAND_FRAMES);
        return writer.toByteArray();
    }
}
