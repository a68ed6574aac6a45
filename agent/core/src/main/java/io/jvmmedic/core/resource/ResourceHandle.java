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

    /**
     * What stays reachable for as long as anybody can go on working with this borrow: the handle itself, where all that
     * comes out of it holds it. Called by host threads on each borrow: quick, no locks, never throws.
     *
     * @return {@code null} when there is no such object, so that this borrow is never proven to be leaked
     */
    default Object watched(Object entry, Object handle) {
        return handle;
    }
}
