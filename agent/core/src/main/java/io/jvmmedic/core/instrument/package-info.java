/** Weaves the hooks in; one folder per library below. Decides nothing, acts only through handles. */
package io.jvmmedic.core.instrument;
