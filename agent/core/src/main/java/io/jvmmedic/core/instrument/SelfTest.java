package io.jvmmedic.core.instrument;

import io.jvmmedic.bootstrap.Hooks;
import java.util.List;
import net.bytebuddy.asm.Advice;

/**
 * An integration with ourselves: a dummy class is woven like any other, and its hook must fire. Tells a JVM in which
 * weaving does not work from one that merely has no pools, and loads Byte Buddy before a host thread would have to.
 */
final class SelfTest implements Integration {

    /** The dummy. Loaded after the transformer is in place, and by nobody else. */
    static final class Dummy {
        private Dummy() {
        }

        static int run(int value) {
            return value + 1;
        }
    }

    /** What is inlined into the dummy. */
    static final class RunAdvice {
        private RunAdvice() {
        }

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static void enter() {
            Hooks.selfTest();
        }
    }

    static final String NAME = "self-test";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Weave> weaves() {
        String self = SelfTest.class.getName();
        return List.of(Weave.into(self + "$Dummy").hook(self + "$RunAdvice", Member.method("run", "(I)I")));
    }
}
