/** Questions to the servers behind pools, asked only when something looks wrong; the answers are signals. */
package io.jvmmedic.core.inquiry;
