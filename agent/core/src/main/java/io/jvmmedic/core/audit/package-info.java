/** What is written for people and for the time after a crash: incident folders, journal, decision events. */
package io.jvmmedic.core.audit;
