/** All wiring by hand, in one file that reads as the table of contents. */
package io.jvmmedic.core.boot;
