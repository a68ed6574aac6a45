/** One file per detector. Reads signals, calls nothing. */
package io.jvmmedic.core.detect;
