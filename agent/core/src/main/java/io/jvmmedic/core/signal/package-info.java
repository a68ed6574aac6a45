/** The sampler that writes state as events and the stream that turns events into signals. */
package io.jvmmedic.core.signal;
