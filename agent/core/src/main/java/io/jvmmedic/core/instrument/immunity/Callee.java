package io.jvmmedic.core.instrument.immunity;

import io.jvmmedic.core.instrument.immunity.GateWeaver.Job;
import io.jvmmedic.core.instrument.immunity.Guarded.Target;
import io.jvmmedic.core.instrument.immunity.MethodCode.Instruction;
import io.jvmmedic.core.instrument.immunity.Position.Kind;
import io.jvmmedic.core.util.Phrases;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * A synchronized method that cannot be changed any more, for its class is loaded: it is gated where it is called. Knows
 * which calls can end in it, which receivers make them do so, and what became of those that were found.
 *
 * <p>Classes are known by name: two of one name in different loaders are told apart by their receivers, and a receiver that
 * is in doubt passes by the gate. Thread-safe; asked by host threads about their receivers.
 */
final class Callee {

    private static final int UTF8 = 1;

    /**
     * What a class does with the method.
     *
     * @param gated calls that pass the gate
     * @param references method references: no instruction of the class makes the call
     * @param closed calls that cannot be gated, because of their class or where they stand
     * @param left calls by a type through which too many classes call
     */
    private record Calls(int gated, int references, int closed, int left) {
    }

    private final Target target;
    private final String type;
    private final String name;
    private final String descriptor;
    private final byte[] nameBytes;
    private final byte[] descriptorBytes;
    /** Internal names of the class and of those that extend it. */
    private final Set<String> family = ConcurrentHashMap.newKeySet();
    /** Those of the family that have the method from the class. */
    private final Set<String> heirs = ConcurrentHashMap.newKeySet();
    /** Classes with a method of their own of this name and form; more than the family, where that does not matter. */
    private final Set<String> others = ConcurrentHashMap.newKeySet();
    /** Types by which the method may be called: the family and all that it extends and implements. */
    private final Set<String> through = ConcurrentHashMap.newKeySet();
    private final Map<String, Calls> calls = new ConcurrentHashMap<>();
    private final AtomicInteger unread = new AtomicInteger();
    private volatile ClassValue<Boolean> runBy = new RunBy();
    private volatile boolean isPrivate;
    private volatile boolean isNarrow;
    private volatile boolean isSearched;
    private volatile String obstacle = "";

    /** Asked once for each class of receivers; refers to nothing of ours from the class. */
    private final class RunBy extends ClassValue<Boolean> {
        @Override
        protected Boolean computeValue(Class<?> receiver) {
            for (Class<?> each = receiver; each != null; each = each.getSuperclass()) {
                String here = each.getName().replace('.', '/');
                if (here.equals(type)) {
                    return true;
                }
                if (others.contains(here)) {
                    return false;
                }
            }
            return false;
        }
    }

    Callee(Target target) {
        this.target = target;
        this.type = target.place().internalName();
        this.name = target.place().method();
        this.descriptor = target.place().descriptor();
        this.nameBytes = name.getBytes(StandardCharsets.UTF_8);
        this.descriptorBytes = descriptor.getBytes(StandardCharsets.UTF_8);
        family.add(type);
        heirs.add(type);
        through.add(type);
    }

    Target target() {
        return target;
    }

    String name() {
        return name;
    }

    String descriptor() {
        return descriptor;
    }

    // ---- who is meant

    /** Whether a call on such a receiver ends in the method. */
    boolean isRunBy(Class<?> receiver) {
        return runBy.get(receiver);
    }

    /** The method is its class's own business: a method of the same name below or above is another one. */
    void isPrivate(boolean value) {
        isPrivate = value;
    }

    /** A class that has a method of its own of this name and form. */
    void declaredBy(String internalName) {
        if (!internalName.equals(type) && others.add(internalName)) {
            runBy = new RunBy();
        }
    }

    /** A class that extends the one with the method, all between them being known. */
    void extendedBy(String internalName, boolean inherits) {
        family.add(internalName);
        through.add(internalName);
        if (inherits) {
            heirs.add(internalName);
        }
    }

    /** Types that a class of the family extends or implements. */
    void throughAlso(Collection<String> internalNames) {
        through.addAll(internalNames);
    }

    /** A supertype whose method of this name and form is another one. */
    void notThrough(String internalName) {
        through.remove(internalName);
    }

    boolean isOther(String internalName) {
        return others.contains(internalName);
    }

    /** Whether a class may have to do with the method at all, as its words tell; learns from it if it is new. */
    boolean mayConcern(ClassReader reader, boolean loading) {
        boolean named = false;
        boolean described = false;
        for (int i = 1; i < reader.getItemCount() && !(named && described); i++) {
            int at = reader.getItem(i);
            if (at > 0 && reader.readByte(at - 1) == UTF8) {
                named |= isWord(reader, at, nameBytes);
                described |= isWord(reader, at, descriptorBytes);
            }
        }
        boolean concerned = named && described;
        String above = loading ? reader.getSuperName() : null;
        if (above != null && family.contains(above)) {
            boolean own = concerned && MethodCode.declares(reader, name, descriptor);
            extendedBy(reader.getClassName(), heirs.contains(above) && !own);
            throughAlso(Arrays.asList(reader.getInterfaces()));
        }
        if (loading && concerned && MethodCode.declares(reader, name, descriptor)) {
            declaredBy(reader.getClassName());
        }
        return concerned;
    }

    private static boolean isWord(ClassReader reader, int at, byte[] word) {
        if (reader.readUnsignedShort(at) != word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (reader.readByte(at + 2 + i) != (word[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    // ---- its calls

    /** Whether calls by this type can end in the method. */
    boolean isCalledBy(String owner) {
        return through.contains(owner);
    }

    /** Whether that is so of a type that others extend and implement as well. */
    boolean isWide(String owner) {
        return !family.contains(owner);
    }

    /** Too many classes call by types that are not of the family: those calls are left alone. */
    void narrow() {
        isNarrow = true;
    }

    /** Whether this very method is called by an instruction, on some receiver that has to be asked for. */
    boolean isAsked(Instruction instruction) {
        return !isPrivate && isNamed(instruction) && (instruction.opcode() == Opcodes.INVOKEVIRTUAL
                || instruction.opcode() == Opcodes.INVOKEINTERFACE);
    }

    private boolean isNamed(Instruction instruction) {
        return instruction.isCall() && instruction.name().equals(name) && instruction.descriptor().equals(descriptor);
    }

    private boolean isCall(Instruction instruction) {
        return isNamed(instruction)
                && (isAsked(instruction) ? through : isPrivate ? Set.of(type) : heirs).contains(instruction.owner());
    }

    /** How a method reference stands in the text of the instruction that makes an object of it. */
    private boolean isReference(Instruction instruction) {
        String call = "." + name + descriptor + " (";
        int at = instruction.opcode() == Opcodes.INVOKEDYNAMIC ? instruction.text().indexOf(call) : -1;
        if (at < 0) {
            return false;
        }
        String before = instruction.text().substring(0, at);
        int start = Math.max(before.lastIndexOf(' '), before.lastIndexOf('['));
        return through.contains(before.substring(start + 1));
    }

    /**
     * Its calls in a class, to be gated; keeps count of them.
     *
     * @param loader number of the loader, which tells classes of one name apart
     * @param others jobs at the same class that come first
     * @param isClosed told only when there is something to gate
     */
    List<Job> jobs(String in, int loader, byte[] bytes, List<MethodCode> codes, List<Job> others, BooleanSupplier isClosed) {
        List<Job> jobs = new ArrayList<>();
        int gated = 0;
        int references = 0;
        int closed = 0;
        int left = 0;
        for (MethodCode code : codes) {
            for (int i = 0; i < code.instructions().size(); i++) {
                Instruction each = code.instructions().get(i);
                Job job = new Job(Kind.CALL, code.name(), code.descriptor(), i, target.job().site(), isAsked(each));
                if (isReference(each)) {
                    references++;
                } else if (!isCall(each)) {
                    continue;
                } else if (others.stream().anyMatch(job::isSamePlace)) {
                    gated++;
                } else if (isNarrow && isWide(each.owner())) {
                    left++;
                } else if (!GateWeaver.obstacle(bytes, code, job).isEmpty() || isTaken(job, others)) {
                    closed++;
                } else {
                    jobs.add(job);
                }
            }
        }
        boolean open = jobs.isEmpty() || !isClosed.getAsBoolean();
        note(in, loader, new Calls(gated + (open ? jobs.size() : 0), references, closed + (open ? 0 : jobs.size()), left));
        return open ? jobs : List.of();
    }

    private static boolean isTaken(Job job, List<Job> others) {
        return others.stream().anyMatch(other -> other.kind() != Kind.CALL && other.kind() != Kind.METHOD
                && other.index() == job.index() && other.method().equals(job.method())
                && other.descriptor().equals(job.descriptor()));
    }

    /** A class that calls it, as far as is known, and cannot be changed. */
    void closed(String in, int loader) {
        note(in, loader, new Calls(0, 0, 1, 0));
    }

    /** A class that calls it only by types that are left alone. */
    void left(String in, int loader) {
        note(in, loader, new Calls(0, 0, 0, 1));
    }

    /** A class of which it cannot be told whether it calls it. */
    void unread() {
        unread.incrementAndGet();
    }

    private void note(String in, int loader, Calls found) {
        String key = in + "@" + loader;
        if (found.gated + found.references + found.closed + found.left == 0) {
            calls.remove(key);
        } else {
            calls.put(key, found);
        }
    }

    boolean isGatedIn(String in, int loader) {
        Calls found = calls.get(in + "@" + loader);
        return found != null && found.gated > 0;
    }

    /** All classes that were loaded when it was found have been looked at. */
    void searched() {
        isSearched = true;
    }

    boolean isSearched() {
        return isSearched;
    }

    /** Why its callers cannot be looked for. */
    void unsearchable(String why) {
        obstacle = why;
        isSearched = true;
    }

    // ---- in words

    /** Calls that pass the gate. */
    int gated() {
        return sum(Calls::gated);
    }

    int classes() {
        return (int) calls.values().stream().filter(found -> found.gated > 0).count();
    }

    private int sum(ToIntFunction<Calls> what) {
        return calls.values().stream().mapToInt(what).sum();
    }

    /** What became of its calls, one sentence. */
    String text() {
        List<String> not = new ArrayList<>();
        add(not, sum(Calls::references), "method reference", "");
        add(not, sum(Calls::closed), "call", " where nothing can be woven");
        add(not, sum(Calls::left), "call", " by a type through which too many classes call");
        add(not, unread.get(), "class", " that cannot be read");
        String method = Phrases.type(target.place().type()) + "." + name;
        return method + " is gated at " + Phrases.count(gated(), "call") + " until the next start"
                + (not.isEmpty() ? "" : ", not at " + String.join(", ", not))
                + (!obstacle.isEmpty() ? ", and its other callers are not known: " + obstacle
                        : isSearched ? "" : ", and its other callers are being looked for");
    }

    private static void add(List<String> to, int number, String noun, String rest) {
        if (number > 0) {
            to.add((noun.equals("class") && number > 1 ? number + " classes" : Phrases.count(number, noun)) + rest);
        }
    }
}
