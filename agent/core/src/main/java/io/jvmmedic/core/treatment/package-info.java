/** The loop: confirm, plan, ask the policy, act, verify, give back. Knows no concrete detector, remedy or library. */
package io.jvmmedic.core.treatment;
