package io.jvmmedic.core.instrument;

import io.jvmmedic.bootstrap.AdviceFailures;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.TypeResolutionStrategy;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/**
 * The only user of Byte Buddy. Decorates: bodies of existing methods get advice inlined, the class keeps its shape, so
 * the result is good for first loads and for retransformation alike. Thread-safe.
 */
final class Weaver {

    private final ByteBuddy byteBuddy = new ByteBuddy()
            .with(TypeValidation.DISABLED)
            .with(Implementation.Context.Disabled.Factory.INSTANCE)
            .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE)
            // Else synthetic methods are passed over without a word, lambda bodies among them.
            .ignore(ElementMatchers.none());
    private final ClassFileLocator ownClasses = ClassFileLocator.ForClassLoader.of(Weaver.class.getClassLoader());
    private final TypePool ownTypes = new TypePool.Default.WithLazyResolution(
            new TypePool.CacheProvider.Simple(), ownClasses, TypePool.Default.ReaderMode.EXTENDED);
    private final Advice.ExceptionHandler counting = new Advice.ExceptionHandler.Simple(countFailure());
    private final Map<String, Advice> advices = new ConcurrentHashMap<>();

    /** The class does not look as expected; the message is a sentence. */
    static final class UnknownShape extends Exception {
        UnknownShape(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Weaves one class.
     *
     * @param loader where the class comes from; {@code null} for the boot loader
     * @param bytes its class file as it is now
     * @return the new class file; {@code null} when the class only shares the name of the one that is meant
     */
    byte[] weave(ClassLoader loader, byte[] bytes, Weave weave) throws UnknownShape {
        ClassFileLocator locator = new ClassFileLocator.Compound(
                ClassFileLocator.Simple.of(weave.type(), bytes), ClassFileLocator.ForClassLoader.of(loader));
        TypePool pool = new TypePool.Default.WithLazyResolution(
                new TypePool.CacheProvider.Simple(), locator, TypePool.Default.ReaderMode.FAST);
        TypeDescription type = pool.describe(weave.type()).resolve();
        ShapeCheck shape = new ShapeCheck(type);
        if (!shape.isMeant(weave)) {
            return null;
        }
        String mismatch = shape.mismatch(weave);
        if (!mismatch.isEmpty()) {
            throw new UnknownShape(mismatch);
        }
        DynamicType.Builder<?> builder = byteBuddy.decorate(type, locator);
        for (Hook hook : weave.hooks()) {
            Set<String> signatures = hook.variants().stream()
                    .map(member -> member.name() + member.descriptor()).collect(Collectors.toSet());
            builder = builder.visit(advice(hook.advice())
                    .on(method -> signatures.contains(method.getInternalName() + method.getDescriptor())));
        }
        return builder.make(TypeResolutionStrategy.Disabled.INSTANCE, pool).getBytes();
    }

    private Advice advice(String name) {
        return advices.computeIfAbsent(name, key -> Advice.withCustomMapping()
                .bind(new ThroughMapping())
                .to(ownTypes.describe(key).resolve(), ownClasses)
                .withExceptionHandler(counting));
    }

    private static StackManipulation countFailure() {
        try {
            return MethodInvocation.invoke(new MethodDescription.ForLoadedMethod(
                    AdviceFailures.class.getMethod("count", Throwable.class)));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }
}
