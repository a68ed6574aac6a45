package io.jvmmedic.core.instrument.httpclient5;

import java.io.IOException;
import java.io.InputStream;

/** What the tests want of an HTTP client, whatever version is behind it. */
public interface Client extends AutoCloseable {

    /** Sends a GET and returns the response, open. */
    AutoCloseable get(String uri) throws IOException;

    InputStream body(AutoCloseable response) throws IOException;

    @Override
    void close() throws IOException;
}
