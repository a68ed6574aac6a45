/**
 * Waits for the locks of {@code java.util.concurrent}: who waits in which queue, and how such a wait is ended. Nothing
 * is woven until a deadlock is proven, and nothing stays woven.
 */
package io.jvmmedic.core.instrument.lock;
