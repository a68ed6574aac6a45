package io.jvmmedic.core.instrument;

/**
 * A field, method or constructor by name and descriptor. Both always: a name alone matches every overload, and HikariCP
 * counted each borrow twice that way.
 *
 * @param descriptor as in the class file: {@code Ljava/lang/String;} or {@code (J)Ljava/sql/Connection;}
 */
public record Member(String name, String descriptor) {

    public static Member field(String name, String descriptor) {
        return new Member(name, descriptor);
    }

    public static Member method(String name, String descriptor) {
        return new Member(name, descriptor);
    }

    public static Member constructor(String descriptor) {
        return new Member("<init>", descriptor);
    }

    boolean isField() {
        return descriptor.charAt(0) != '(';
    }

    @Override
    public String toString() {
        return isField() ? name + " " + descriptor : name + descriptor;
    }
}
