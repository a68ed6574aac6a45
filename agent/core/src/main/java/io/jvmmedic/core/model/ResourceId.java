package io.jvmmedic.core.model;

import java.util.Objects;

/**
 * Names one host resource for people and for records, for example {@code pool:orders}.
 *
 * @param kind what it is
 * @param name unique among the kind within this JVM; a second one of the same name gets {@code #2}
 */
public record ResourceId(Kind kind, String name) {

    /** Kinds of resource; {@link #prefix} is what {@link #toString()} starts with. */
    public enum Kind {
        POOL("pool"), EXECUTOR("executor"), HTTP_POOL("http"), LOCK("lock"), JVM("jvm"),
        /** Connections outside any pool, by database. */
        UNPOOLED("unpooled");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        public String prefix() {
            return prefix;
        }
    }

    public ResourceId {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(name);
    }

    /** The reverse of {@link #toString()}; throws {@code IllegalArgumentException} for anything else. */
    public static ResourceId parse(String text) {
        int colon = text.indexOf(':');
        for (Kind kind : Kind.values()) {
            if (colon > 0 && kind.prefix.equals(text.substring(0, colon))) {
                return new ResourceId(kind, text.substring(colon + 1));
            }
        }
        throw new IllegalArgumentException("not a resource: '" + text + "', expected for example pool:orders");
    }

    @Override
    public String toString() {
        return kind.prefix + ":" + name;
    }
}
