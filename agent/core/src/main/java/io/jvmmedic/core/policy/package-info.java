/** Modes, gates, budgets, states: pure functions over records and a clock. */
package io.jvmmedic.core.policy;
