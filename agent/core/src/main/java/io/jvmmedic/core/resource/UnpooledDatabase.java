package io.jvmmedic.core.resource;

import io.jvmmedic.core.model.ResourceId;

/**
 * A database that is connected to without a pool, by the URL a driver was given. About no host object: it stands for all
 * connections of that name.
 */
public record UnpooledDatabase(ResourceId id, String library) implements ResourceHandle {

    UnpooledDatabase(String name) {
        this(name, "several drivers");
    }

    /** @param url without secrets */
    public UnpooledDatabase(String url, String driver) {
        this(new ResourceId(ResourceId.Kind.UNPOOLED, url), driver);
    }

    @Override
    public boolean alive() {
        return true;
    }

    @Override
    public boolean isAbout(Object hostObject) {
        return false;
    }
}
