package io.jvmmedic.core.instrument;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jvmmedic.bootstrap.AdviceFailures;
import io.jvmmedic.bootstrap.Hooks;
import io.jvmmedic.core.instrument.fake.FakeIntegration;
import io.jvmmedic.core.instrument.fake.FakePool;
import io.jvmmedic.core.resource.HandleFactory;
import io.jvmmedic.core.resource.LeaseProbes;
import io.jvmmedic.core.resource.ResourceRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.bytebuddy.ClassFileVersion;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is not woven, and that the host does not notice. */
class InstrumenterTest {

    private static final String FAKE = "io.jvmmedic.core.instrument.fake.";
    private static final long READY_MILLIS = 120_000;

    private final ResourceRegistry registry = new ResourceRegistry();
    private final LeaseProbes probes = new LeaseProbes(registry, Map.of("fake", new FakeIntegration().handles()));
    private Instrumenter instrumenter;

    @AfterEach
    void uninstall() {
        instrumenter.uninstall();
        Hooks.disconnect();
    }

    private void install(Set<String> disabled, Integration... integrations) throws InterruptedException {
        instrumenter = new Instrumenter(ByteBuddyAgent.install(), List.of(integrations), disabled);
        Hooks.connect(probes);
        instrumenter.install(probes::selfTested);
        assertTrue(instrumenter.awaitReady(READY_MILLIS));
    }

    /** Above what it knows, Byte Buddy refuses each class. */
    @Test
    void byteBuddyKnowsTheClassFilesOfThisJdk() throws Exception {
        assertTrue(ClassFileVersion.ofThisVm().isAtMost(ClassFileVersion.latest()));
        install(Set.of());
    }

    @Test
    void aSwitchedOffIntegrationDoesNothing() throws Exception {
        install(Set.of("fake"), new FakeIntegration());
        new FakePool(1).borrow().close();
        assertEquals(0, registry.size());
        assertEquals(List.of(), instrumenter.report().rows());
    }

    @Test
    void aClassThatWasNotLoadedYetIsReportedAsNotSeen() throws Exception {
        install(Set.of(), integration(Weave.into("com.acme.Absent")));
        assertEquals(List.of(new InstallReport.Row("fake", "com.acme.Absent", "", InstallReport.State.NOT_SEEN, "")),
                instrumenter.report().rows());
    }

    @Test
    void anUnknownShapeIsLeftAloneAndNamed() throws Exception {
        install(Set.of(), integration(Weave.into(FAKE + "FakePool")
                .hook(FAKE + "ReturnedAdvice", Member.method("giveBack", "(J)V"))));
        new FakePool(1).borrow().close();
        assertEquals(List.of("this version of " + FAKE + "FakePool has no giveBack(J)V"),
                here().map(InstallReport.Row::reason).toList());
        assertFalse(instrumenter.report().applied("fake"));
        assertEquals(0, registry.size());
    }

    /** The second class is unknown: the hooks of the first, already running, come out again. */
    @Test
    void oneUnknownClassTakesTheOthersOutAgain() throws Exception {
        Weave known = new FakeIntegration().weaves().get(0);
        install(Set.of(), integration(known,
                Weave.into(FAKE + "FakePool$Handle").needs(Member.field("missing", "I"))));
        await().until(() -> {
            int before = registry.size();
            new FakePool(1).borrow().close();
            return registry.size() == before;
        });
        assertFalse(instrumenter.report().applied("fake"));
        assertEquals(Set.of(FAKE + "FakePool", FAKE + "FakePool$Handle"),
                here().map(InstallReport.Row::type).collect(Collectors.toSet()));
    }

    @Test
    void aLoaderThatDoesNotDelegateIsSkippedAndNamed() throws Exception {
        install(Set.of(), new FakeIntegration());
        ClassLoader closed = new Closed();
        Class<?> pool = closed.loadClass(FAKE + "FakePool");
        Object handle = pool.getMethod("borrow").invoke(pool.getConstructor(int.class).newInstance(1));
        ((AutoCloseable) handle).close();
        InstallReport.Row row = instrumenter.report().problems().stream()
                .filter(one -> one.loader().startsWith(Closed.class.getName())).findFirst().orElseThrow();
        assertEquals("its class loader does not delegate to the boot loader for io.jvmmedic.bootstrap, "
                + "so hooks could not be linked there", row.reason());
        assertEquals(0, registry.size());
    }

    @Test
    void aHookThatDoesNotFireIsAFailureAndNothingStaysWoven() throws Exception {
        instrumenter = new Instrumenter(ByteBuddyAgent.install(), List.of(new FakeIntegration()), Set.of());
        Hooks.connect(probes);
        instrumenter.install(() -> false);
        assertTrue(instrumenter.awaitReady(READY_MILLIS));
        assertTrue(instrumenter.failure().startsWith("the hook of the self-test did not fire"));
        new FakePool(1).borrow().close();
        assertEquals(0, registry.size());
    }

    @Test
    void adviceThatFailsIsCountedAndTheHostGoesOn() throws Exception {
        long before = AdviceFailures.count();
        HandleFactory broken = (pool, all) -> {
            throw new IllegalStateException("a handle that cannot be made");
        };
        Hooks.connect(new LeaseProbes(registry, Map.of("fake", broken)));
        instrumenter = new Instrumenter(ByteBuddyAgent.install(), List.of(new FakeIntegration()), Set.of());
        instrumenter.install(() -> true);
        assertTrue(instrumenter.awaitReady(READY_MILLIS));
        new FakePool(1).borrow().close();
        assertEquals(before + 1, AdviceFailures.count());
    }

    /** Problems in the tests' own loader; another test leaves classes of the same name behind in another one. */
    private Stream<InstallReport.Row> here() {
        String own = Integer.toHexString(System.identityHashCode(FakePool.class.getClassLoader()));
        return instrumenter.report().problems().stream().filter(row -> row.loader().endsWith("@" + own));
    }

    private static Integration integration(Weave... weaves) {
        return new Integration() {
            @Override
            public String name() {
                return "fake";
            }

            @Override
            public List<Weave> weaves() {
                return List.of(weaves);
            }

            @Override
            public HandleFactory handles() {
                return new FakeIntegration().handles();
            }
        };
    }

    /** Like a strict container: knows the JDK and its own classes. */
    private static final class Closed extends ClassLoader {

        Closed() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.startsWith(FAKE)) {
                throw new ClassNotFoundException(name);
            }
            try (InputStream in = FakePool.class.getClassLoader()
                    .getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
