package io.jvmmedic.core.instrument;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.bytebuddy.description.field.FieldDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;

/** Compares a class with what a {@link Weave} expects of it. Reads declared members only; resolves no other type. */
final class ShapeCheck {

    private final Set<Member> members = new HashSet<>();
    private final String type;

    ShapeCheck(TypeDescription description) {
        type = description.getName();
        for (FieldDescription field : description.getDeclaredFields()) {
            members.add(Member.field(field.getName(), field.getDescriptor()));
        }
        for (MethodDescription method : description.getDeclaredMethods()) {
            members.add(Member.method(method.getInternalName(), method.getDescriptor()));
        }
    }

    /** Whether this is the class that is meant; see {@link Weave#mark()}. */
    boolean isMeant(Weave weave) {
        return weave.mark() == null || members.contains(weave.mark());
    }

    /** What is missing, a sentence; empty when the class has the expected shape. */
    String mismatch(Weave weave) {
        List<String> missing = new ArrayList<>();
        for (Member need : weave.needs()) {
            if (!members.contains(need)) {
                missing.add(need.toString());
            }
        }
        for (Hook hook : weave.hooks()) {
            if (hook.required() && hook.variants().stream().noneMatch(members::contains)) {
                missing.add(hook.variants().get(0).toString());
            }
        }
        return missing.isEmpty() ? "" : "this version of " + type + " has no " + String.join(", no ", missing);
    }
}
