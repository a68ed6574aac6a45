package io.jvmmedic.core.resource;

import io.jvmmedic.core.model.ResourceId;

/** A resource of no library, open for ever. */
public record OpenResource(ResourceId id, Object about) implements ResourceHandle {

    @Override
    public String library() {
        return "test";
    }

    @Override
    public boolean alive() {
        return true;
    }

    @Override
    public boolean isAbout(Object hostObject) {
        return about == hostObject;
    }
}
