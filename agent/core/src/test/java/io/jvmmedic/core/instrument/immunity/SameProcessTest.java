package io.jvmmedic.core.instrument.immunity;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.locks.Ailing;
import com.acme.locks.Habits;
import io.jvmmedic.core.resource.GateView;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates in classes that are loaded already, what is refused, and what is left when the agent goes. */
class SameProcessTest {

    private static final int THREADS = 6;
    private static final int TIMES = 20_000;

    @TempDir
    Path folder;

    private final Sickbed bed = new Sickbed();

    @AfterEach
    void close() {
        bed.close();
    }

    private Path file() {
        return folder.resolve("signatures");
    }

    /** The same classes, other locks: those of the first are lost. */
    @ParameterizedTest
    @ValueSource(classes = {Ailing.Blocks.class, Ailing.Methods.class, Ailing.Symmetric.class, Ailing.Locks.class,
            Ailing.WriteLocks.class, Ailing.Mixed.class, Ailing.Buffers.class})
    void laterCallsAreGatedAtOnce(Class<? extends Ailing> type) throws Exception {
        Ailing sick = Sickbed.patient(type);
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        immunity.record(Sickbed.deadlock(sick));
        var constructor = sick.getClass().getDeclaredConstructor();
        constructor.setAccessible(true);
        Ailing other = (Ailing) constructor.newInstance();
        assertTrue(Sickbed.survives(other, THREADS, TIMES), () -> "deadlocked in spite of " + immunity.rows());
        assertEquals((long) THREADS * TIMES, other.count());
        GateView.Row row = immunity.rows().get(0);
        assertEquals("GATED", row.state(), row.reason());
        assertEquals(0, row.bypasses());
        assertTrue(row.passes() >= (long) THREADS * TIMES, row.toString());
        assertEquals(List.of(), bed.warnings);
    }

    @Test
    void theSameDeadlockIsOneSignature() throws Exception {
        Immunity immunity = bed.immunity(false);
        immunity.open(file(), true);
        immunity.record(Sickbed.deadlock(Sickbed.patient(Ailing.Blocks.class)));
        assertTrue(immunity.record(Sickbed.deadlock(Sickbed.patient(Ailing.Blocks.class))).contains("known already"));
        assertEquals(1, immunity.rows().size());
    }

    /** The first account is locked outside, and that is the place, whatever was locked between. */
    @Test
    void aDeadlockOfThreadsThatHoldMoreIsTraced() throws Exception {
        Immunity immunity = bed.immunity(false);
        immunity.record(Sickbed.deadlock(Sickbed.patient(Ailing.Layers.class)));
        String places = immunity.rows().get(0).places();
        // The third block of the method: one around it, and one that was left before.
        int line = Woven.positions(Woven.bytes(Ailing.Layers.class)).stream()
                .filter(one -> one.place().method().equals("outer")).skip(2).findFirst().orElseThrow().place().line();
        assertTrue(places.matches(".*\\.ba:\\d+ \\(synchronized block\\) / .*\\.outer:" + line
                + " \\(synchronized block\\)"), places);
    }

    @Test
    void nothingIsBuiltUnlessEnabledAndHealing() throws Exception {
        Position place = Woven.in(Habits.class, "locked");
        new SignatureFile(file(), bed.warnings::add).add(Woven.signature(place, place));
        Immunity off = bed.immunity(false);
        off.open(file(), true);
        assertEquals("RECORDED", off.rows().get(0).state());
        Immunity observing = bed.immunity(true);
        observing.engage(false);
        observing.open(file(), true);
        new Sickbed.Fresh(Habits.class).loadClass(Habits.class.getName());
        assertEquals("RECORDED", observing.rows().get(0).state());
        observing.engage(true);
        assertEquals("GATED", observing.rows().get(0).state());
        observing.engage(false);
        assertEquals("OPEN", observing.rows().get(0).state());
    }

    @Test
    void aSignatureThatMatchesNothingSaysSo() throws Exception {
        Place nowhere = new Place("com.acme.Gone", "run", "()V", 3, 12, "0123");
        Position position = new Position(Position.Kind.BLOCK, nowhere, Optional.empty());
        new SignatureFile(file(), bed.warnings::add).add(Woven.signature(position, position));
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        assertEquals("NOT SEEN", immunity.rows().get(0).state());
        assertEquals("matches nothing yet: no class with Gone.run:12 (synchronized block) was loaded",
                immunity.rows().get(0).reason());
    }

    @Test
    void aSignatureOfAnotherBuildIsRefused() throws Exception {
        Position place = Woven.in(Habits.class, "nested");
        Position method = Woven.in(Habits.class, "method");
        new SignatureFile(file(), bed.warnings::add).add(Woven.signature(place, method));
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        Class<?> other = rebuilt();
        await().atMost(Sickbed.SOON).until(() -> bed.warnings.size() == 1);
        assertTrue(bed.warnings.get(0).endsWith("is not the method that the signature was taken from, its body is another one"),
                bed.warnings.get(0));
        assertEquals("REFUSED", immunity.rows().get(0).state());
        assertEquals(0, Woven.calls(other), "the other place must not be gated either");
    }

    /** The class with one instruction more in one method, which no other test gates: it may stay loaded for a while. */
    private static Class<?> rebuilt() throws Exception {
        ClassReader reader = new ClassReader(Woven.bytes(Habits.class));
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] thrown) {
                MethodVisitor next = super.visitMethod(access, name, descriptor, signature, thrown);
                return !name.equals("nested") ? next : new MethodVisitor(Opcodes.ASM9, next) {
                    @Override
                    public void visitCode() {
                        super.visitCode();
                        visitInsn(Opcodes.NOP);
                    }
                };
            }
        }, 0);
        byte[] bytes = writer.toByteArray();
        return new ClassLoader(Habits.class.getClassLoader()) {
            Class<?> define() {
                return defineClass(Habits.class.getName(), bytes, 0, bytes.length);
            }
        }.define();
    }

    @Test
    void aPlaceThatTakesNoLockIsRefused() throws Exception {
        MethodCode code = MethodCode.of(Woven.bytes(Habits.class)).stream().filter(one -> one.name().equals("wake"))
                .findFirst().orElseThrow();
        Position wrong = new Position(Position.Kind.BLOCK, code.at(0), Optional.empty());
        new SignatureFile(file(), bed.warnings::add).add(Woven.signature(wrong, wrong));
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        new Sickbed.Fresh(Habits.class).loadClass(Habits.class.getName());
        assertEquals("REFUSED", immunity.rows().get(0).state());
        assertTrue(immunity.rows().get(0).reason().endsWith("takes no lock at instruction 0"), immunity.rows().get(0).reason());
    }

    @Test
    void whatCannotBeTracedLeavesNoSignature() {
        Immunity immunity = bed.immunity(true);
        List<Long> ids = Sickbed.deadlock(Sickbed.patient(Ailing.Helpers.class));
        assertTrue(assertThrows(IllegalStateException.class, () -> immunity.record(ids)).getMessage()
                .endsWith("was taken cannot be told from the stack of the thread that holds it"));
        assertEquals(List.of(), immunity.rows());
    }

    @Test
    void detachTakesEverythingOut() throws Exception {
        Position block = Woven.in(Habits.class, "block");
        Position lock = Woven.in(Habits.class, "locked");
        new SignatureFile(file(), bed.warnings::add).add(Woven.signature(block, lock));
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        Class<?> type = new Sickbed.Fresh(Habits.class).loadClass(Habits.class.getName());
        assertTrue(Woven.calls(type) > 0);
        immunity.uninstall();
        assertEquals(0, Woven.calls(type));
    }

    /** Another agent must be able to change the class, and the method to work, with and without us. */
    @Test
    void aSynchronizedMethodKeepsItsFormAndCanStillBeChangedByOthers() throws Exception {
        Position method = Woven.in(Habits.class, "method");
        new SignatureFile(file(), bed.warnings::add).add(Woven.signature(method, method));
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        Class<?> type = new Sickbed.Fresh(Habits.class).loadClass(Habits.class.getName());
        Method woven = type.getMethod("method", Callable.class);
        assertTrue(!Modifier.isSynchronized(woven.getModifiers()));
        assertTrue(Woven.calls(type) > 0);
        immunity.uninstall();
        assertEquals(0, Woven.calls(type), "nothing of it calls us any more");
        assertEquals(0, Woven.calls(type), "nor after one more change of the class");
        Object habits = type.getDeclaredConstructor().newInstance();
        assertEquals(true, woven.invoke(habits, (Callable<?>) () -> Thread.holdsLock(habits)));
        assertEquals(false, Thread.holdsLock(habits));
    }

    /** Heavy traffic that never meets in a cycle: nobody runs out of time, nobody is let by, and all of it is done. */
    @Test
    void whereThereIsNoCycleNothingStalls() throws Exception {
        Immunity first = bed.immunity(false);
        first.open(file(), true);
        first.record(Sickbed.deadlock(Sickbed.patient(Ailing.Blocks.class)));
        Immunity immunity = bed.immunity(true);
        immunity.open(file(), true);
        Ailing healthy = Sickbed.patient(Ailing.Blocks.class);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            threads.add(Sickbed.daemon(() -> {
                for (int n = 0; n < TIMES; n++) {
                    healthy.ab(Thread::onSpinWait);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join(Sickbed.SOON.toMillis());
        }
        assertEquals(16L * TIMES, healthy.count());
        GateView.Row row = immunity.rows().get(0);
        assertEquals(16L * TIMES, row.passes());
        assertEquals(0, row.waits());
        assertEquals(0, row.bypasses() + row.asides());
        assertTrue(Files.exists(file()));
    }
}
