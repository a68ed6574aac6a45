/** Weak registry of live host resources and leases; what can be asked of them and done to them. Knows no library. */
package io.jvmmedic.core.resource;
