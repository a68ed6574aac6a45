/** Executors of the JDK. No bytecode: all is read from worker threads, so those from before a hot attach are seen too. */
package io.jvmmedic.core.instrument.executor;
