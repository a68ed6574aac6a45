/** What the agent costs on the calm path: each benchmark runs in forks without and with the agent, in one run. */
package io.jvmmedic.benchmarks;
