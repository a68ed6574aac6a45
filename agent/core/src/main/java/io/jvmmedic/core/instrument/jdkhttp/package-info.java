/** The HTTP client of the JDK. No bytecode: clients are found by their selector threads. */
package io.jvmmedic.core.instrument.jdkhttp;
