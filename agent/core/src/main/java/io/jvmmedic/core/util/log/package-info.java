/** slf4j's other end inside the isolated loader: to stderr or a file, never through a logger of the host. */
package io.jvmmedic.core.util.log;
