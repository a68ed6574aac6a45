/**
 * The public event schema, {@code jvmmedic.*}. Fields are primitives and strings only: arrays, lists, maps and durations
 * silently vanish from user events on 17 and 25, so there is one row per holder or thread, tied by an id.
 */
package io.jvmmedic.bootstrap.event;
