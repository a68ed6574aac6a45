/** Folds findings into one diagnosis: wait-for graph, cause and victims. */
package io.jvmmedic.core.diagnose;
