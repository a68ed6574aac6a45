package io.jvmmedic.core.instrument;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An advice parameter that is reached in several steps. For parts of a pool that know their entry by way of their
 * connection only: advice cannot name the host's types and so cannot take the steps itself.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Through {

    /**
     * Steps with dots between them: first a field of the woven class or the number of an argument, then fields, or methods
     * without parameters that do nothing but return something. {@code stmt.conn}, {@code 0.getConnection()}
     */
    String value();
}
