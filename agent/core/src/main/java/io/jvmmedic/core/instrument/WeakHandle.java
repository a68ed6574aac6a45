package io.jvmmedic.core.instrument;

import io.jvmmedic.core.model.ResourceId;
import io.jvmmedic.core.resource.ResourceHandle;
import java.lang.ref.WeakReference;

/**
 * A handle that holds its host object weakly. What it caches by reflection hangs on the handle, never on a static: a
 * {@code Method} of a host class in a static map is the classic leak of a web application's loader.
 *
 * @param <T> type of the host object, {@code Object} for a library's
 */
public abstract class WeakHandle<T> implements ResourceHandle {

    private final WeakReference<T> hostObject;
    private final ResourceId id;

    protected WeakHandle(T hostObject, ResourceId id) {
        this.hostObject = new WeakReference<>(hostObject);
        this.id = id;
    }

    /** The host object; {@code null} once collected. */
    protected final T hostObject() {
        return hostObject.get();
    }

    /** The host object, for a lever: a lever of something that is gone cannot be pulled. */
    protected final T required() {
        T found = hostObject.get();
        if (found == null) {
            throw new IllegalStateException(id + " is gone");
        }
        return found;
    }

    @Override
    public final ResourceId id() {
        return id;
    }

    /** May be widened to parts of the host object that hooks meet in its place. */
    @Override
    public boolean isAbout(Object candidate) {
        return candidate != null && hostObject.refersTo(uncheck(candidate));
    }

    @SuppressWarnings("unchecked")
    private T uncheck(Object candidate) {
        return (T) candidate;
    }
}
