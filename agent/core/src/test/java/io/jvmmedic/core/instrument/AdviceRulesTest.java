package io.jvmmedic.core.instrument;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.core.instrument.agroal.AgroalIntegration;
import io.jvmmedic.core.instrument.c3p0.C3p0Integration;
import io.jvmmedic.core.instrument.driver.DriverIntegration;
import io.jvmmedic.core.instrument.dbcp2.Dbcp2Integration;
import io.jvmmedic.core.instrument.druid.DruidIntegration;
import io.jvmmedic.core.instrument.hikari.HikariIntegration;
import io.jvmmedic.core.instrument.httpclient5.HttpClient5Integration;
import io.jvmmedic.core.instrument.jdkhttp.JdkHttpIntegration;
import io.jvmmedic.core.instrument.vibur.ViburIntegration;
import io.jvmmedic.core.instrument.tomcatjdbc.TomcatJdbcIntegration;
import io.jvmmedic.core.instrument.ucp.UcpIntegration;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may stand in a method that is copied into the host's classes. A lambda there compiles, is inlined, and is a dead
 * hook; a constant of the advice class is not copied with it; an uncaught exception is the host's.
 */
class AdviceRulesTest {

    private static final String BRIDGE = "io/jvmmedic/bootstrap/Hooks";
    /** Ours on the isolated loader: nothing of it can be linked from a host class. */
    private static final String CORE = "io/jvmmedic/core/";
    private static final int MAX_INSTRUCTIONS = 40;

    static Stream<Integration> integrations() {
        return Stream.concat(DriverIntegration.all().stream(), libraries());
    }

    private static Stream<Integration> libraries() {
        return Stream.of(new HikariIntegration(),
                new TomcatJdbcIntegration(),
                new Dbcp2Integration(),
                new AgroalIntegration(),
                new C3p0Integration(),
                new ViburIntegration(),
                new DruidIntegration(),
                new UcpIntegration(),
                new HttpClient5Integration(),
                new JdkHttpIntegration(),
                new SelfTest());
    }

    static Stream<String> advices() {
        return integrations().flatMap(integration -> integration.weaves().stream())
                .flatMap(weave -> weave.hooks().stream()).map(Hook::advice).distinct();
    }

    @Test
    void everyAdviceIsKnownToThisTest() {
        assertTrue(advices().count() > 10);
    }

    @ParameterizedTest
    @MethodSource("advices")
    void failuresNeverReachTheHost(String advice) throws ClassNotFoundException {
        int found = 0;
        for (Method method : Class.forName(advice).getDeclaredMethods()) {
            Advice.OnMethodEnter enter = method.getAnnotation(Advice.OnMethodEnter.class);
            Advice.OnMethodExit exit = method.getAnnotation(Advice.OnMethodExit.class);
            if (enter != null) {
                found++;
                assertEquals(Throwable.class, enter.suppress(), method::toString);
                assertEquals(void.class, method.getReturnType(), "no state travels from enter to exit: " + method);
            }
            if (exit != null) {
                found++;
                assertEquals(Throwable.class, exit.suppress(), method::toString);
                assertEquals(void.class, method.getReturnType(), method::toString);
            }
            assertTrue(Modifier.isStatic(method.getModifiers()), method::toString);
        }
        assertTrue(found > 0, advice + " advises nothing");
    }

    @ParameterizedTest
    @MethodSource("advices")
    void nothingOfTheHostIsChanged(String advice) throws ClassNotFoundException {
        for (Method method : Class.forName(advice).getDeclaredMethods()) {
            for (Parameter parameter : method.getParameters()) {
                for (Annotation annotation : parameter.getAnnotations()) {
                    assertFalse(annotation.toString().contains("readOnly=false"), method::toString);
                    assertFalse(annotation instanceof Advice.Origin, "a reflective look-up per call: " + method);
                    assertFalse(annotation instanceof Advice.Local, "leaks into the host's frame: " + method);
                }
                ClassLoader loader = parameter.getType().getClassLoader();
                assertTrue(loader == null || loader == ClassLoader.getPlatformClassLoader(),
                        "only types of the JDK: " + method);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("advices")
    void theBodyIsShortAndNamesTheBridgeOnly(String advice) throws Exception {
        List<String> offences = new ArrayList<>();
        try (InputStream in = getClass().getClassLoader().getResourceAsStream(advice.replace('.', '/') + ".class")) {
            new ClassReader(in).accept(new Scan(offences), ClassReader.SKIP_FRAMES);
        }
        assertEquals(List.of(), offences, advice);
    }

    @ParameterizedTest
    @MethodSource("integrations")
    void everyHookPassesTheNameItIsRegisteredUnder(Integration integration) throws IOException {
        for (Weave weave : integration.weaves()) {
            for (Hook hook : weave.hooks()) {
                List<String> strings = new ArrayList<>();
                try (InputStream in = getClass().getClassLoader()
                        .getResourceAsStream(hook.advice().replace('.', '/') + ".class")) {
                    new ClassReader(in).accept(new ClassVisitor(Opcodes.ASM9) {
                        @Override
                        public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                                String[] exceptions) {
                            return new MethodVisitor(Opcodes.ASM9) {
                                @Override
                                public void visitLdcInsn(Object value) {
                                    if (value instanceof String text) {
                                        strings.add(text);
                                    }
                                }
                            };
                        }
                    }, ClassReader.SKIP_DEBUG);
                }
                assertTrue(Set.of(integration.name()).containsAll(strings), () -> hook.advice() + " says " + strings);
            }
        }
    }

    private static final class Scan extends ClassVisitor {

        private final List<String> offences;

        Scan(List<String> offences) {
            super(Opcodes.ASM9);
            this.offences = offences;
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                String[] exceptions) {
            if (name.equals("<init>")) {
                return null;
            }
            if ((access & Opcodes.ACC_SYNTHETIC) != 0) {
                offences.add("synthetic method " + name);
            }
            return new Body(name);
        }

        private final class Body extends MethodVisitor {

            private final String method;
            private int instructions;

            Body(String method) {
                super(Opcodes.ASM9);
                this.method = method;
            }

            private void count() {
                if (++instructions == MAX_INSTRUCTIONS) {
                    offences.add(method + " is too long");
                }
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean onInterface) {
                count();
                if (owner.startsWith(CORE) || owner.startsWith("io/jvmmedic/") && !owner.equals(BRIDGE)) {
                    offences.add(method + " calls " + owner + "." + name);
                }
                if (opcode == Opcodes.INVOKESTATIC && onInterface) {
                    offences.add(method + " calls a static interface method");
                }
            }

            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                count();
                offences.add(method + " uses the field " + owner + "." + name);
            }

            @Override
            public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
                offences.add(method + " has a lambda or a concatenation");
            }

            @Override
            public void visitTypeInsn(int opcode, String type) {
                count();
                if (opcode == Opcodes.NEW || type.startsWith(CORE)) {
                    offences.add(method + " uses the type " + type);
                }
            }

            @Override
            public void visitTableSwitchInsn(int min, int max, Label fallback, Label... labels) {
                offences.add(method + " has a switch");
            }

            @Override
            public void visitLookupSwitchInsn(Label fallback, int[] keys, Label[] labels) {
                offences.add(method + " has a switch");
            }

            @Override
            public void visitInsn(int opcode) {
                count();
            }

            @Override
            public void visitVarInsn(int opcode, int index) {
                count();
            }

            @Override
            public void visitJumpInsn(int opcode, Label label) {
                count();
            }
        }
    }
}
