package io.jvmmedic.core.resource;

/** Makes the handle of a host object that an integration met for the first time. */
@FunctionalInterface
public interface HandleFactory {

    /**
     * Called once per host object, maybe on a host thread that is in the middle of a borrow: no blocking, no host locks.
     *
     * @param registry for {@link ResourceRegistry#uniqueId}
     * @return {@code null} to leave this host object alone: it is none that can be watched, or only a part of one
     */
    ResourceHandle open(Object hostObject, ResourceRegistry registry);
}
