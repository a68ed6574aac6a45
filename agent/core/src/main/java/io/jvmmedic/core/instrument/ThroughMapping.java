package io.jvmmedic.core.instrument;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.method.ParameterDescription;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.implementation.bytecode.assign.TypeCasting;
import net.bytebuddy.implementation.bytecode.member.FieldAccess;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.implementation.bytecode.member.MethodVariableAccess;

/** Binds {@link Through}. A class where a step cannot be taken is not woven. */
final class ThroughMapping implements Advice.OffsetMapping.Factory<Through> {

    private static final String CALL = "()";

    @Override
    public Class<Through> getAnnotationType() {
        return Through.class;
    }

    @Override
    public Advice.OffsetMapping make(ParameterDescription.InDefinedShape target,
            AnnotationDescription.Loadable<Through> annotation, AdviceType adviceType) {
        String[] steps = annotation.getValue("value").resolve(String.class).split("\\.");
        return (type, method, assigner, arguments, sort) -> {
            Route route = new Route(type);
            if (Character.isDigit(steps[0].charAt(0))) {
                route.startAt(method.getParameters().get(Integer.parseInt(steps[0])), arguments);
            } else {
                route.startAtThis();
                route.step(steps[0]);
            }
            for (int i = 1; i < steps.length; i++) {
                route.step(steps[i]);
            }
            return new Advice.OffsetMapping.Target.ForStackManipulation(route.end(target, assigner));
        };
    }

    /** The instructions so far, and the type of what they leave on the stack. */
    private static final class Route {

        private final TypeDescription reader;
        private final List<StackManipulation> code = new ArrayList<>();
        private TypeDescription reached;

        Route(TypeDescription reader) {
            this.reader = reader;
        }

        void startAtThis() {
            code.add(MethodVariableAccess.loadThis());
            reached = reader;
        }

        void startAt(ParameterDescription argument, Advice.ArgumentHandler arguments) {
            code.add(MethodVariableAccess.REFERENCE.loadFrom(arguments.argument(argument.getOffset())));
            reached = argument.getType().asErasure();
        }

        void step(String step) {
            if (step.endsWith(CALL)) {
                MethodDescription getter = getter(step.substring(0, step.length() - CALL.length()));
                code.add(MethodInvocation.invoke(getter.asDefined()).virtual(reached));
                reached = getter.getReturnType().asErasure();
            } else {
                FieldDescription field = field(step);
                code.add(FieldAccess.forField(field.asDefined()).read());
                reached = field.getType().asErasure();
            }
        }

        StackManipulation end(ParameterDescription.InDefinedShape target, Assigner assigner) {
            code.add(assigner.assign(reached.asGenericType(), target.getType(), Assigner.Typing.STATIC));
            return new StackManipulation.Compound(code);
        }

        /** Declared by a class that the woven one extends, it may well be one of the woven class: it is taken for that. */
        private FieldDescription field(String name) {
            FieldDescription found = fieldOf(reached, name);
            if (found == null && reader.isAssignableTo(reached)) {
                found = fieldOf(reader, name);
                code.add(TypeCasting.to(reader));
            }
            if (found == null) {
                throw new IllegalStateException("this version of " + reached.getName() + " has no field " + name);
            }
            return found;
        }

        private FieldDescription fieldOf(TypeDescription type, String name) {
            for (TypeDefinition above : type) {
                for (FieldDescription field : above.getDeclaredFields()) {
                    if (field.getName().equals(name) && field.isAccessibleTo(reader)) {
                        return field;
                    }
                }
            }
            return null;
        }

        private MethodDescription getter(String name) {
            MethodDescription found = getterOf(reached, name);
            if (found == null) {
                throw new IllegalStateException("this version of " + reached.getName() + " has no " + name + CALL);
            }
            return found;
        }

        private MethodDescription getterOf(TypeDefinition type, String name) {
            for (MethodDescription method : type.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameters().isEmpty() && method.isAccessibleTo(reader)) {
                    return method;
                }
            }
            for (TypeDefinition above : type.getInterfaces()) {
                MethodDescription found = getterOf(above, name);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
    }
}
