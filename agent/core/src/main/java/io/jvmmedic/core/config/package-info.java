/** Options, their sources and their sealed result. */
package io.jvmmedic.core.config;
