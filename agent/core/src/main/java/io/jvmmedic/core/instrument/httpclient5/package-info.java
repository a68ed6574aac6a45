/** Apache HttpClient 5, classic API. */
package io.jvmmedic.core.instrument.httpclient5;
