package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.immunity.MethodCode.Instruction;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import io.jvmmedic.core.util.AppFrames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Finds where a thread of a cycle took the lock that another one wants. For a monitor the JVM names the frame. For a lock of
 * {@code java.util.concurrent} nobody does, so it is read off the code: an acquisition that the thread has passed in some
 * frame and whose lock is not given back on the way to where that frame is now. The nearest frame that has one is taken, and
 * in it the outermost, since a gate around a little too much is a gate all the same.
 */
final class Outermost {

    /** Those that have an owner. */
    private static final String LOCKS = "java.util.concurrent.locks.Reentrant";

    private final Function<String, List<MethodCode>> codes;

    /** @param codes the methods of a class by its name; empty for one that cannot be woven */
    Outermost(Function<String, List<MethodCode>> codes) {
        this.codes = codes;
    }

    /** A frame whose code is known, and the instruction it is at; -1 at the entry of a synchronized method. */
    private record At(MethodCode code, int index) {
    }

    /** Where {@code thread} took what {@code before} waits for; empty when that cannot be told. */
    Optional<Position> position(StuckThread thread, StuckThread before) {
        return before.blocked() ? ofMonitor(thread, before.wanted()) : ofLock(thread, before.wanted());
    }

    private Optional<Position> ofMonitor(StuckThread thread, String wanted) {
        List<StuckThread.Monitor> same = thread.monitors().stream().filter(one -> one.lock().equals(wanted)).toList();
        if (same.isEmpty()) {
            return Optional.empty();
        }
        // Taken more than once, the first time counts.
        StuckThread.Monitor monitor = same.get(same.size() - 1);
        Optional<At> frame = at(thread, monitor.depth());
        if (frame.isEmpty()) {
            return throughCall(thread, monitor.depth() + 1);
        }
        At at = frame.get();
        List<Integer> held = at.index() < 0 ? List.of() : at.code().heldAt(at.index(), true);
        List<StuckThread.Monitor> inFrame = thread.monitors().stream().filter(one -> one.depth() == monitor.depth()).toList();
        int entered = held.size() + (at.code().isSynchronized() ? 1 : 0);
        // The JVM names those of a frame from the last to the first.
        int fromOutside = entered == inFrame.size() ? inFrame.size() - 1 - inFrame.lastIndexOf(monitor) : 0;
        if (at.code().isSynchronized() && fromOutside == 0) {
            return Optional.of(new Position(Kind.METHOD, at.code().at(0), caller(thread, monitor.depth() + 1)));
        }
        int block = fromOutside - (at.code().isSynchronized() ? 1 : 0);
        return held.isEmpty() ? Optional.empty()
                : Optional.of(new Position(Kind.BLOCK, at.code().at(held.get(block)), Optional.empty()));
    }

    /** The call from the nearest frame that can be woven into one that cannot. */
    private Optional<Position> throughCall(StuckThread thread, int depth) {
        for (int i = depth; i < thread.stack().size(); i++) {
            Optional<Place> call = caller(thread, i);
            if (call.isPresent()) {
                return Optional.of(new Position(Kind.CALL, call.get(), Optional.empty()));
            }
        }
        return Optional.empty();
    }

    private Optional<Place> caller(StuckThread thread, int depth) {
        return depth >= thread.stack().size() ? Optional.empty() : at(thread, depth)
                .filter(at -> at.index() >= 0 && at.code().instructions().get(at.index()).isCall()
                        && !at.code().instructions().get(at.index()).name().equals("<init>"))
                .map(at -> at.code().at(at.index()));
    }

    /**
     * From the top on, and not below the application: a server that calls it may hold a lock of its own around each request,
     * and a gate there would let in one request at a time.
     */
    private Optional<Position> ofLock(StuckThread thread, String wanted) {
        if (!wanted.startsWith(LOCKS)) {
            return Optional.empty();
        }
        int lowest = last(IntStream.range(0, thread.stack().size()).boxed().toList(),
                i -> AppFrames.isApplication(thread.stack().get(i).getClassName())).orElse(-1);
        for (int depth = 0; depth <= lowest; depth++) {
            Optional<At> frame = at(thread, depth);
            if (frame.isPresent() && frame.get().index() >= 0) {
                At at = frame.get();
                for (int each : at.code().heldAt(at.index(), false)) {
                    if (mayBe(at.code().instructions().get(each), wanted)) {
                        return Optional.of(new Position(Kind.LOCK, at.code().at(each), Optional.empty()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** {@code wanted} is the synchronizer inside the lock: {@code java.util.concurrent.locks.ReentrantLock$NonfairSync@1b}. */
    private static boolean mayBe(Instruction acquisition, String wanted) {
        String lock = wanted.replaceFirst("[$@].*", "");
        String called = acquisition.owner().replace('/', '.');
        boolean known = called.startsWith(LOCKS);
        return !known || called.replaceFirst("\\$.*", "").equals(lock);
    }

    // ---- frames

    private Optional<At> at(StuckThread thread, int depth) {
        StackTraceElement frame = thread.stack().get(depth);
        String callee = depth == 0 ? "" : thread.stack().get(depth - 1).getMethodName();
        List<At> found = new ArrayList<>();
        for (MethodCode code : codes.apply(frame.getClassName())) {
            if (code.name().equals(frame.getMethodName())) {
                index(code, frame.getLineNumber(), depth == 0, callee).ifPresent(index -> found.add(new At(code, index)));
            }
        }
        // Of several of one name the one that makes the call that is on the stack.
        return found.stream().filter(at -> at.index() >= 0 && callee.equals(at.code().instructions().get(at.index()).name()))
                .findFirst().or(() -> found.stream().findFirst());
    }

    private static Optional<Integer> index(MethodCode code, int line, boolean top, String callee) {
        List<Integer> inLine = IntStream.range(0, code.instructions().size()).boxed()
                .filter(i -> line <= 0 || code.instructions().get(i).line() == line).toList();
        if (inLine.isEmpty()) {
            return Optional.empty();
        }
        if (top) {
            Optional<Integer> entering = last(inLine, i -> code.instructions().get(i).opcode() == Opcodes.MONITORENTER);
            return entering.isPresent() || !code.isSynchronized() ? entering.or(() -> last(inLine, i -> true))
                    : Optional.of(-1);
        }
        return last(inLine, i -> callee.equals(code.instructions().get(i).name()))
                .or(() -> last(inLine, i -> code.instructions().get(i).isCall()))
                .or(() -> last(inLine, i -> true));
    }

    private static Optional<Integer> last(List<Integer> indices, IntPredicate wanted) {
        return indices.stream().filter(wanted::test).reduce((first, second) -> second);
    }
}
