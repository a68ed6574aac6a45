/** The words everything else speaks: records and enums without behaviour, knowing neither the JVM's beans nor any library. */
package io.jvmmedic.core.model;
