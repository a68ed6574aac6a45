package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.immunity.Position.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.jar.asm.Opcodes;

/** Signatures made up from class files. */
final class Woven {

    private Woven() {
    }

    static byte[] bytes(Class<?> type) {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every acquisition of a class. */
    static List<Position> positions(byte[] bytes) {
        List<Position> positions = new ArrayList<>();
        for (MethodCode code : MethodCode.of(bytes)) {
            if (code.isSynchronized()) {
                positions.add(new Position(Kind.METHOD, code.at(0), Optional.empty()));
            }
            for (int i = 0; i < code.instructions().size(); i++) {
                MethodCode.Instruction each = code.instructions().get(i);
                if (each.opcode() == Opcodes.MONITORENTER || each.isLocking()) {
                    positions.add(new Position(each.isLocking() ? Kind.LOCK : Kind.BLOCK, code.at(i), Optional.empty()));
                }
            }
        }
        return positions;
    }

    /** The first acquisition of a method. */
    static Position in(Class<?> type, String method) {
        return positions(bytes(type)).stream().filter(one -> one.place().method().equals(method)).findFirst().orElseThrow();
    }

    static Signature signature(Position... positions) {
        return new Signature("2026-11-21T08:00:00Z", List.of(positions), List.of());
    }

    /** Calls of gates in a class as the JVM runs it; whatever agent asks for it retransforms it. */
    static int calls(Class<?> type) throws Exception {
        int[] calls = new int[1];
        ClassFileTransformer reader = new ClassFileTransformer() {
            @Override
            public byte[] transform(ClassLoader loader, String name, Class<?> loaded, ProtectionDomain domain, byte[] bytes) {
                if (loaded == type) {
                    for (MethodCode code : MethodCode.of(bytes)) {
                        calls[0] += (int) code.instructions().stream()
                                .filter(one -> one.isCall() && one.owner().startsWith("io/jvmmedic/bootstrap/")).count();
                    }
                }
                return null;
            }
        };
        ByteBuddyAgent.install().addTransformer(reader, true);
        try {
            ByteBuddyAgent.install().retransformClasses(type);
        } finally {
            ByteBuddyAgent.install().removeTransformer(reader);
        }
        return calls[0];
    }
}
