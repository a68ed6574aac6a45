package io.jvmmedic.core.instrument;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.method.ParameterDescription;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import net.bytebuddy.implementation.bytecode.member.FieldAccess;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.implementation.bytecode.member.MethodVariableAccess;

/** Binds {@link Through}: loads {@code this.field.getter()}. A class where that cannot be done is not woven. */
final class ThroughMapping implements Advice.OffsetMapping.Factory<Through> {

    @Override
    public Class<Through> getAnnotationType() {
        return Through.class;
    }

    @Override
    public Advice.OffsetMapping make(ParameterDescription.InDefinedShape target,
            AnnotationDescription.Loadable<Through> annotation, AdviceType adviceType) {
        String field = annotation.getValue("field").resolve(String.class);
        String getter = annotation.getValue("getter").resolve(String.class);
        return (instrumented, method, assigner, arguments, sort) ->
                new Advice.OffsetMapping.Target.ForStackManipulation(load(instrumented, field, getter, target, assigner));
    }

    private static StackManipulation load(TypeDescription type, String fieldName, String getterName,
            ParameterDescription.InDefinedShape target, Assigner assigner) {
        FieldDescription field = field(type, fieldName);
        TypeDescription owner = field.getType().asErasure();
        MethodDescription getter = getter(type, owner, getterName);
        return new StackManipulation.Compound(
                MethodVariableAccess.loadThis(),
                FieldAccess.forField(field).read(),
                MethodInvocation.invoke(getter.asDefined()).virtual(owner),
                assigner.assign(getter.getReturnType(), target.getType(), Assigner.Typing.STATIC));
    }

    private static FieldDescription field(TypeDescription type, String name) {
        for (TypeDefinition above : type) {
            for (FieldDescription field : above.getDeclaredFields()) {
                if (field.getName().equals(name) && field.isAccessibleTo(type)) {
                    return field;
                }
            }
        }
        throw new IllegalStateException("this version of " + type.getName() + " has no field " + name);
    }

    private static MethodDescription getter(TypeDescription reader, TypeDescription owner, String name) {
        for (MethodDescription method : owner.getDeclaredMethods()) {
            if (method.getName().equals(name) && method.getParameters().isEmpty() && method.isAccessibleTo(reader)) {
                return method;
            }
        }
        throw new IllegalStateException("this version of " + owner.getName() + " has no " + name + "()");
    }
}
