package io.jvmmedic.core.instrument;

import java.util.List;

/**
 * One advice on one method of a class.
 *
 * @param advice class of the advice, by name: describing an integration must not load advice
 * @param variants the method in all its shapes over the library's versions; those present are woven
 * @param required whether a class without any variant has an unknown shape
 */
public record Hook(String advice, List<Member> variants, boolean required) {

    public Hook {
        variants = List.copyOf(variants);
    }
}
