package io.jvmmedic.core.instrument;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An advice parameter that is reached in two steps: what a getter of a field's value returns. For parts of a pool that
 * know their entry by way of their connection only; advice cannot name the host's types and so cannot call it itself.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Through {

    /** A field of the woven class, or of a class above that lets it be read. */
    String field();

    /** A method of the field's type, without parameters; it must do nothing but return something. */
    String getter();
}
