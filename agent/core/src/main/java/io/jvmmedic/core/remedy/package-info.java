/** One file per remedy: risk, plan with its claim, act, undo. Decides nothing. */
package io.jvmmedic.core.remedy;
