package io.jvmmedic.core.resource;

import io.jvmmedic.core.model.ResourceId;

/**
 * One live host resource. Holds the host object weakly and calls it only when asked; every call may find it gone.
 * Reading state must be cheap and must not block on a lock that can be the illness; acting goes through levers.
 */
public interface ResourceHandle {

    ResourceId id();

    /** Library and what of it, for people: {@code HikariCP}, {@code ThreadPoolExecutor}. */
    String library();

    /** False once the host object is collected or closed; the registry then forgets it. */
    boolean alive();

    /** Whether this handle is about {@code hostObject}; by identity. */
    boolean isAbout(Object hostObject);
}
