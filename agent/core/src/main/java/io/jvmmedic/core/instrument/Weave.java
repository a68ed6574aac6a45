package io.jvmmedic.core.instrument;

import java.util.ArrayList;
import java.util.List;

/**
 * What is done to one class: the members it must have, and the hooks that go in. The same table is checked at match time
 * in a host and, as a unit test, against every supported version of the library.
 *
 * @param type binary name of the class
 * @param mark member that tells this class from another one of the same name; {@code null} when the name is enough.
 *     Anonymous classes need it: their numbers change between versions
 * @param needs members that must be there although no hook sits on them: what advice and handles read
 */
public record Weave(String type, Member mark, List<Member> needs, List<Hook> hooks) {

    public Weave {
        needs = List.copyOf(needs);
        hooks = List.copyOf(hooks);
    }

    public static Weave into(String type) {
        return new Weave(type, null, List.of(), List.of());
    }

    /** Takes a class of this name only if it has this member; another one is none of our business. */
    public Weave markedBy(Member member) {
        return new Weave(type, member, needs, hooks);
    }

    public Weave needs(Member... members) {
        return new Weave(type, mark, joined(needs, List.of(members)), hooks);
    }

    /** Adds a hook on a method that every supported version has in one of these variants. */
    public Weave hook(String advice, Member... variants) {
        return new Weave(type, mark, needs, joined(hooks, List.of(new Hook(advice, List.of(variants), true))));
    }

    /** Adds a hook on a method that some supported versions do not have. */
    public Weave hookIfPresent(String advice, Member... variants) {
        return new Weave(type, mark, needs, joined(hooks, List.of(new Hook(advice, List.of(variants), false))));
    }

    String internalName() {
        return type.replace('.', '/');
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
